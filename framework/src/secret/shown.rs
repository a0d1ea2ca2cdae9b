//! Foreign text on a screen and in a log.

/// `text` on one line. Whatever is no sign that one can see is escaped, and the text is cut after `limit` characters.
///
/// These are control characters, line separators, and the format characters that turn the direction of what follows, or that
/// nobody sees. A terminal obeys the first, and the others show another text than the one that is there
/// (<https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing>).
pub fn printable(text: &str, limit: usize) -> String {
    let mut shown: String = text.chars().take(limit).flat_map(escape).collect();
    if text.chars().nth(limit).is_some() {
        shown.push('…');
    }
    shown
}

/// Like [`printable`], but whole, and with its line breaks.
pub(crate) fn visible(text: &str) -> String {
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| printable(line, usize::MAX))
        .collect();
    lines.join("\n")
}

/// A JSON text, in which JSON's own escapes stand for whatever is no sign that one can see. It has its line breaks.
#[cfg(feature = "command-line")]
pub(crate) fn visible_json(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' || !is_unseen(c) {
            shown.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            shown.push_str(&format!("\\u{unit:04x}"));
        }
    }
    shown
}

fn escape(c: char) -> Vec<char> {
    if is_unseen(c) {
        c.escape_default().collect()
    } else {
        vec![c]
    }
}

/// Whether `c` is a control character, a separator of lines or paragraphs, or of Unicode's default ignorable format characters.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        for (text, shown) in [
            ("a\u{1b}]0;title\u{7}b", "a\\u{1b}]0;title\\u{7}b"),
            ("a\r\n\tb", "a\\r\\n\\tb"),
            ("\u{9b}2J\u{7f}", "\\u{9b}2J\\u{7f}"),
            ("user\u{202e}nimda", "user\\u{202e}nimda"),
            (
                "a\u{2028}b\u{2029}\u{2066}",
                "a\\u{2028}b\\u{2029}\\u{2066}",
            ),
            (
                "a\u{200b}b\u{feff}\u{e0041}",
                "a\\u{200b}b\\u{feff}\\u{e0041}",
            ),
            ("käse \"q\" \\ e\u{301}", "käse \"q\" \\ e\u{301}"),
        ] {
            assert_eq!(printable(text, 100), shown);
        }
        assert_eq!(printable("abc", 2), "ab…");
    }

    #[cfg(feature = "command-line")]
    #[test]
    fn json_stays_json() {
        let text = serde_json::to_string_pretty(&["a\u{202e}b", "\u{e0041}\u{9b}"]).expect("JSON");
        let shown = visible_json(&text);
        assert!(!shown.chars().any(|c| c != '\n' && is_unseen(c)), "{shown}");
        let read: Vec<String> = serde_json::from_str(&shown).expect("JSON");
        assert_eq!(read, ["a\u{202e}b", "\u{e0041}\u{9b}"]);
    }

    #[test]
    fn lines_stay_where_a_text_has_several() {
        assert_eq!(visible("a\nb\u{1b}[2J\n"), "a\nb\\u{1b}[2J\n");
    }
}
