//! How a text may be read: each character as it is, or as what an encoding means by it.

/// How much at the beginning of `text` may be read as `sought`, in bytes. The longest way counts. `None` if there is none.
pub(super) fn length_of(sought: &str, text: &str) -> Option<usize> {
    let mut ends = vec![0];
    for c in sought.chars() {
        ends = ends
            .iter()
            .flat_map(|at| readings(&text[*at..]).map(move |(read, length)| (read, at + length)))
            .filter_map(|(read, end)| (read == c).then_some(end))
            .collect();
        // What can be read in two ways does not double the work.
        ends.sort_unstable();
        ends.dedup();
        if ends.is_empty() {
            return None;
        }
    }
    ends.pop()
}

/// A character, and how many bytes it takes in the text.
type Reading = (char, usize);

/// Each way to read a character.
const WAYS: [fn(&str) -> Option<Reading>; 7] = [
    plain,
    doubled,
    escaped,
    |text| in_bytes(text, "%"),
    |text| in_bytes(text, "\\x"),
    space_of_a_form,
    in_html,
];

/// The first character, in each way.
pub(super) fn readings(text: &str) -> impl Iterator<Item = Reading> {
    WAYS.iter().filter_map(move |way| way(text))
}

/// The whole text, in each way.
#[cfg(feature = "testing")]
pub(super) fn whole(text: &str) -> [String; WAYS.len()] {
    WAYS.map(|way| {
        let (mut read, mut rest) = (String::new(), text);
        while let Some((c, length)) = way(rest).or_else(|| plain(rest)) {
            read.push(c);
            rest = &rest[length..];
        }
        read
    })
}

fn plain(text: &str) -> Option<Reading> {
    let c = text.chars().next()?;
    Some((c, c.len_utf8()))
}

/// A quote within SQL's quotes.
fn doubled(text: &str) -> Option<Reading> {
    let quotes = [('\'', "''"), ('"', "\"\""), ('`', "``")];
    let found = quotes.iter().find(|(_, twice)| text.starts_with(twice));
    found.map(|(quote, twice)| (*quote, twice.len()))
}

/// Behind a backslash: JSON (RFC 8259, section 7), Rust, Python, C and shells.
fn escaped(text: &str) -> Option<Reading> {
    let rest = text.strip_prefix('\\')?;
    let c = rest.chars().next()?;
    let meant = match c {
        'u' => return by_number(text),
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'b' => '\u{8}',
        'f' => '\u{c}',
        '0' => '\0',
        sign if sign.is_ascii_punctuation() || sign == ' ' => sign,
        _ => return None,
    };
    Some((meant, 2))
}

/// `\u00e9`, a pair of these, or `\u{e9}`.
fn by_number(text: &str) -> Option<Reading> {
    let unit = |text: &str| {
        let number = hexadecimal(text.strip_prefix("\\u")?.get(..4)?)?;
        u16::try_from(number).ok()
    };
    if let Some(braced) = text.strip_prefix("\\u{") {
        let (digits, _) = braced.split_once('}')?;
        let c = char::from_u32(hexadecimal(digits)?)?;
        return Some((c, digits.len() + 4));
    }
    let units = unit(text).into_iter().chain(text.get(6..).and_then(unit));
    let c = char::decode_utf16(units).next()?.ok()?;
    Some((c, c.len_utf16() * 6))
}

/// Each byte of UTF-8 as two hexadecimal digits behind `mark`: RFC 3986, section 2.1, and escapes of bytes.
fn in_bytes(text: &str, mark: &str) -> Option<Reading> {
    let (mut bytes, mut rest) = (Vec::new(), text);
    while bytes.len() < char::MAX.len_utf8() {
        let byte = rest.strip_prefix(mark)?;
        bytes.push(u8::try_from(hexadecimal(byte.get(..2)?)?).ok()?);
        rest = &byte[2..];
        if let Ok(whole) = std::str::from_utf8(&bytes) {
            return Some((whole.chars().next()?, text.len() - rest.len()));
        }
    }
    None
}

fn space_of_a_form(text: &str) -> Option<Reading> {
    text.starts_with('+').then_some((' ', 1))
}

/// `&quot;`, `&#34;` or `&#x22;`.
fn in_html(text: &str) -> Option<Reading> {
    let (name, _) = text.strip_prefix('&')?.split_once(';')?;
    let meant = match name {
        "quot" => '"',
        "amp" => '&',
        "apos" => '\'',
        "lt" => '<',
        "gt" => '>',
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(digits) => hexadecimal(digits),
                None => number.parse().ok(),
            };
            char::from_u32(number?)?
        }
    };
    Some((meant, name.len() + 2))
}

fn hexadecimal(digits: &str) -> Option<u32> {
    let only_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = only_digits.then(|| u32::from_str_radix(digits, 16));
    number?.ok()
}
