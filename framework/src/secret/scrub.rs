//! Takes secrets out of texts, in whatever form they stand there.

mod read;

use base64::prelude::{BASE64_STANDARD_NO_PAD, Engine};
use zeroize::Zeroizing;

use super::{Secret, printable};
use read::{length_of, readings};

/// A text is cut after so many characters.
const LONGEST: usize = 600;
const MASK: &str = "[REDACTED]";

/// Takes every one of `secrets` out of `text`, if it has four bytes or more. Escapes whatever could break a log line, and cuts
/// the text after 600 characters. Call it once with all secrets: after a text was escaped or cut, a secret in it may no longer
/// be found.
///
/// A secret is found as it is, and in the forms in which programs repeat it:
///
/// - each of its characters may be escaped as in JSON, Rust, Python or a shell, quoted as in SQL, or encoded as in URLs, forms and HTML;
/// - the whole may stand in base64, with both alphabets, alone or within a longer text. `Basic` and the base64 of user and password
///   is such a text.
///
/// A secret that is encoded twice is not found, nor is a part of a secret.
///
/// Shorter secrets stay: they would tear ordinary words apart, and say to everybody where they stood. No password that is made here is
/// that short, since its policy asks for 64 bits.
///
/// This is only a safety net. Errors are worded so that they contain nothing secret in the first place.
pub fn scrub(text: &str, secrets: &[Secret]) -> String {
    let long = secrets.iter().map(Secret::expose).filter(|s| s.len() >= 4);
    let sought: Vec<_> = long.flat_map(forms).collect();
    let mut clean = String::new();
    let mut masked = 0;
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        let first: Vec<char> = readings(rest).map(|(c, _)| c).collect();
        let begins = |form: &str| form.starts_with(first.as_slice());
        let here = sought.iter().filter(|form| begins(form));
        let lengths = here.filter_map(|form| length_of(form, rest));
        match lengths.max() {
            Some(length) => {
                if at >= masked {
                    clean.push_str(MASK);
                }
                masked = masked.max(at + length);
            }
            None if at >= masked => clean.push(c),
            None => {}
        }
        // The rest is cut off in any case.
        if clean.len() > LONGEST * char::MAX.len_utf8() {
            break;
        }
    }
    printable(&clean, LONGEST)
}

/// Returns true if `text` has one of `secrets` in it, in one of the forms that [`scrub`] finds.
#[cfg(feature = "testing")]
pub(crate) fn has_any(text: &str, secrets: &[Secret]) -> bool {
    let texts = read::whole(text);
    let mut sought = secrets.iter().flat_map(|secret| forms(secret.expose()));
    sought.any(|form| texts.iter().any(|text| text.contains(form.as_str())))
}

/// The texts to look for: the secret, and what base64 makes of it wherever it stands among other bytes.
fn forms(secret: &str) -> Vec<Zeroizing<String>> {
    let encoded = (0..3).map(|before| within_base64(secret, before));
    let encoded = encoded.flat_map(|standard| {
        let url_safe = standard.replace('+', "-").replace('/', "_");
        [standard, Zeroizing::new(url_safe)]
    });
    std::iter::once(Zeroizing::new(secret.to_owned()))
        .chain(encoded)
        .collect()
}

/// What base64 writes for `secret` behind `before` other bytes, without the characters in which other bytes have a part. A character
/// stands for six bits (RFC 4648, section 4).
fn within_base64(secret: &str, before: usize) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new(vec![0; before]);
    bytes.extend_from_slice(secret.as_bytes());
    let whole = Zeroizing::new(BASE64_STANDARD_NO_PAD.encode(&*bytes));
    let (first, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
    Zeroizing::new(whole[first..end].to_owned())
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};

    use super::*;

    const PASSWORD: &str = "p\"a's\\s/w&o<r>d é+%\t🦀~\u{ff}?";

    fn assert_gone(form: &str) {
        let clean = scrub(&format!("before {form} after"), &[Secret::new(PASSWORD)]);
        assert_eq!(clean, "before [REDACTED] after", "{form}");
    }

    #[test]
    fn every_occurrence_and_line_breaks() {
        let secrets = ["hunter", "hunter2"].map(Secret::new);
        let text = scrub("near 'hunter2'\nhunter2", &secrets);
        assert_eq!(text, "near '[REDACTED]'\\n[REDACTED]");
    }

    #[test]
    fn secrets_that_overlap_leave_nothing() {
        let secrets = ["abcd", "cdef"].map(Secret::new);
        assert_eq!(scrub("abcdef", &secrets), "[REDACTED]");
        assert_eq!(scrub("aaaaaa", &[Secret::new("aaaa")]), "[REDACTED]");
    }

    #[test]
    fn a_long_text_is_cut_after_its_secrets_are_out() {
        let text = format!("{}hunter2{}", "x".repeat(LONGEST - 3), "y".repeat(10_000));
        let clean = scrub(&text, &[Secret::new("hunter2")]);
        assert!(clean.ends_with("x[RE…"), "{clean}");
    }

    #[test]
    fn as_programs_write_texts() {
        let json = serde_json::to_string(PASSWORD).expect("JSON");
        let json = json.trim_matches('"');
        assert_gone(json);
        assert_gone(&json.replace("\\\\", "\\u005C").replace('/', "\\/"));
        assert_gone(format!("{PASSWORD:?}").trim_matches('"'));
        let ascii: String = PASSWORD
            .encode_utf16()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect();
        assert_gone(&ascii);
        assert_gone(&PASSWORD.escape_default().to_string());
        assert_gone(&PASSWORD.as_bytes().escape_ascii().to_string());
        assert_gone(&PASSWORD.replace('\'', "''"));
        assert_gone(&PASSWORD.replace('\\', "\\\\").replace('\'', "\\'"));
    }

    #[test]
    fn as_urls_forms_and_html_write_them() {
        let all: String = PASSWORD
            .bytes()
            .map(|byte| format!("%{byte:02X}"))
            .collect();
        assert_gone(&all);
        assert_gone(&all.to_lowercase());
        let form = PASSWORD
            .replace('%', "%25")
            .replace('+', "%2b")
            .replace(' ', "+");
        assert_gone(&form);
        assert_gone(
            &PASSWORD
                .replace('&', "&amp;")
                .replace('"', "&quot;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
                .replace('\'', "&apos;"),
        );
        assert_gone(
            &PASSWORD
                .chars()
                .map(|c| format!("&#{};", u32::from(c)))
                .collect::<String>(),
        );
        assert_gone(
            &PASSWORD
                .chars()
                .map(|c| format!("&#x{:x};", u32::from(c)))
                .collect::<String>(),
        );
    }

    /// Of base64 within other text, the characters at either end have bits of the neighbours.
    #[test]
    fn in_base64() {
        let secrets = [Secret::new(PASSWORD)];
        for before in ["", "u", "us", "user:"] {
            for after in ["", "!", "!!"] {
                let text = format!("{before}{PASSWORD}{after}");
                for encoded in [
                    BASE64_STANDARD.encode(&text),
                    BASE64_STANDARD_NO_PAD.encode(&text),
                    BASE64_URL_SAFE.encode(&text),
                    BASE64_URL_SAFE_NO_PAD.encode(&text),
                    BASE64_STANDARD
                        .encode(&text)
                        .replace('/', "%2F")
                        .replace('+', "%2b"),
                ] {
                    let clean = scrub(&encoded, &secrets);
                    let (front, back) = clean.split_once(MASK).expect(&encoded);
                    assert!(front.len() <= before.len() * 8 / 6 + 1, "{clean}");
                    assert!(back.len() <= 4 + after.len() * 2, "{clean}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        let text = "%zz & &nope; \\ \\u12 \\u{110000} %ff &#xffffffff; '' a+b \\";
        assert_eq!(scrub(text, &[Secret::new("hunter2")]), text);
        assert_eq!(scrub("a bcd e", &[Secret::new("bcd")]), "a bcd e");
    }
}
