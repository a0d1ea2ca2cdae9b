//! The header Link: <https://www.rfc-editor.org/rfc/rfc8288#section-3>. The crates for it bring regular expressions, or rest since
//! 2021.

/// The target of the first link with the relation `next`. A comma or a semicolon within `<>` or quotes ends nothing.
pub(crate) fn next(header: &str) -> Option<&str> {
    let mut rest = header;
    loop {
        let (_, begun) = rest.split_once('<')?;
        let (target, after) = begun.split_once('>')?;
        let end = outside_quotes(after, ',').unwrap_or(after.len());
        if parameters(&after[..end]).any(is_next) {
            return Some(target);
        }
        rest = &after[end..];
    }
}

/// What stands between semicolons.
fn parameters(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = outside_quotes(text, ';');
        rest = end.map(|end| &text[end + 1..]);
        Some(text[..end.unwrap_or(text.len())].trim())
    })
}

/// `rel=next`, `rel="prev next"`: relations are compared without case.
fn is_next(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else {
        return false;
    };
    let mut relations = value.trim().trim_matches('"').split_whitespace();
    name.trim().eq_ignore_ascii_case("rel") && relations.any(|one| one.eq_ignore_ascii_case("next"))
}

fn outside_quotes(text: &str, wanted: char) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    text.char_indices().find_map(|(at, c)| {
        let found = c == wanted && !quoted;
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = c == '\\' && quoted && !escaped;
        found.then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn the_next_page() {
        for (header, target) in [
            (
                "<https://a/x?page=1>; rel=\"prev\", <https://a/x?page=3>; rel=\"next\"",
                Some("https://a/x?page=3"),
            ),
            (
                "<https://a/x?ids=1,2;3>; rel=next",
                Some("https://a/x?ids=1,2;3"),
            ),
            (
                "<a>; title=\"one, two; rel=next\"; rel=prev, <b>; REL=\"last Next\"",
                Some("b"),
            ),
            ("<a>;title=\"a \\\" , \"; rel=next", Some("a")),
            ("<a>; rel=\"nextish\"", None),
            ("<a", None),
            ("", None),
        ] {
            assert_eq!(next(header), target, "{header}");
        }
    }
}
