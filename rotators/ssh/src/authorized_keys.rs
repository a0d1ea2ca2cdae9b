//! The file `authorized_keys`, edited byte for byte: a line is added or taken out, all other bytes stay as they are.
//!
//! Lines are read as sshd reads them (`auth2-pubkeyfile.c`, `sshkey.c` of OpenSSH): one ends at a line feed alone, the
//! text at a NUL character, and what no key can be read from is passed over. Which options a host understands, it alone
//! knows: a line is taken to let its key in, whatever they are.

mod expiry;
#[cfg(test)]
mod fuzz;
mod material;
#[cfg(any(test, fuzzing))]
pub(crate) mod properties;
#[cfg(test)]
mod tests;

use russh::keys::PublicKey;

pub(crate) use expiry::Expiry;
use material::Material;

/// Editors of some systems write it; sshd takes it for a part of the first word.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The file with a line for `key` at its end; `None` if a line for it is there, whatever its comment or options.
/// `options` is empty, or [`fit`].
pub(crate) fn add(file: &[u8], options: &[u8], key: &PublicKey) -> Option<Vec<u8>> {
    let wanted = Material::of(key);
    if entries(file).any(|entry| entry.key == wanted) {
        return None;
    }
    let end = line_end(file);
    let mut new = file.to_vec();
    match file.last() {
        None | Some(b'\n') => {}
        Some(b'\r') => new.push(b'\n'),
        Some(_) => new.extend_from_slice(end),
    }
    if !options.is_empty() {
        new.extend_from_slice(options);
        new.push(b' ');
    }
    new.extend_from_slice(text(key).as_bytes());
    new.extend_from_slice(end);
    Some(new)
}

/// The file without the lines for `key`; `None` if it has none.
pub(crate) fn remove(file: &[u8], key: &PublicKey) -> Option<Vec<u8>> {
    let wanted = Material::of(key);
    let mut new = Vec::with_capacity(file.len());
    for (mark, line) in lines(file) {
        new.extend_from_slice(mark);
        if read(line).is_none_or(|entry| entry.key != wanted) {
            new.extend_from_slice(line);
        } else if !mark.is_empty() {
            // The mark stays, alone in its line, or it would spoil the next one.
            new.extend_from_slice(ending(line));
        }
    }
    (new.len() < file.len()).then_some(new)
}

/// The options of the first line for `key`, byte for byte: empty if it has none, `None` if there is no such line.
pub(crate) fn options_of<'a>(file: &'a [u8], key: &PublicKey) -> Option<&'a [u8]> {
    let wanted = Material::of(key);
    let entry = entries(file).find(|entry| entry.key == wanted);
    entry.map(|entry| entry.options)
}

/// Whether a line may begin with these options: neither would the key after them be read as something else, nor would
/// it be the key of a certificate authority.
pub(crate) fn fit(options: &str) -> bool {
    !options.is_empty()
        && !options.starts_with(['#', ' ', '\t', '\u{feff}'])
        && !options.contains(char::is_control)
        && unquoted(options.as_bytes(), b" \t") == Some(options.len())
        && !is_authority(options.as_bytes())
}

/// The key as it stands in a line: type, base64, comment.
fn text(key: &PublicKey) -> String {
    let mut key = key.clone();
    let comment = key.comment().as_str_lossy().replace(char::is_control, " ");
    key.set_comment(comment.trim());
    // Only a key of no known format has no text, and none was read from one.
    key.to_openssh().unwrap_or_default()
}

/// The end of the last line that has one.
fn line_end(file: &[u8]) -> &'static [u8] {
    let feed = file.iter().rposition(|byte| *byte == b'\n');
    match ending(&file[..feed.map_or(file.len(), |feed| feed + 1)]) {
        b"" | b"\n" => b"\n",
        _ => b"\r\n",
    }
}

/// The end of `line`, as far as it is there.
fn ending(line: &[u8]) -> &[u8] {
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    &line[text.len()..]
}

/// Each line with its end, and the byte order mark that it begins with: any may, where files were joined.
fn lines(file: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let lines = file.split_inclusive(|byte| *byte == b'\n');
    lines.map(|line| match line.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => (BYTE_ORDER_MARK, rest),
        None => (&[][..], line),
    })
}

/// What the file lets in. A key behind the mark opens nothing, until somebody takes the mark away; nor does one behind spaces and
/// the mark, which sshd takes for an option that it does not know.
fn entries(file: &[u8]) -> impl Iterator<Item = Entry<'_>> {
    let unmarked = lines(file).filter(|(mark, _)| mark.is_empty());
    let entries = unmarked.filter_map(|(_, line)| read(line));
    entries.filter(|entry| !entry.options.starts_with(BYTE_ORDER_MARK))
}

/// What a line lets in.
struct Entry<'a> {
    options: &'a [u8],
    key: Material,
}

/// Reads a line; `None` for one that lets no plain key in.
fn read(line: &[u8]) -> Option<Entry<'_>> {
    let text = line.split(|byte| *byte == 0).next().unwrap_or_default();
    let text = trimmed(text);
    if text.starts_with(b"#") {
        return None;
    }
    if let Some(key) = Material::read(text) {
        return Some(Entry { options: &[], key });
    }
    let (options, rest) = text.split_at(unquoted(text, b" \t")?);
    if is_authority(options) {
        return None;
    }
    let key = Material::read(trimmed(rest))?;
    Some(Entry { options, key })
}

/// Whether one of the options is `cert-authority`: then the key signs certificates, and does not log in.
fn is_authority(options: &[u8]) -> bool {
    const WORDS: [&[u8]; 2] = [b"cert-authority", b"@cert-authority"];
    each_option(options).any(|option| WORDS.iter().any(|word| option.eq_ignore_ascii_case(word)))
}

/// The value of the first option of this name, without its quotes.
fn option_value<'a>(options: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    each_option(options).find_map(|option| {
        let (this, value) = option.split_at_checked(name.len())?;
        let value = value.strip_prefix(b"=")?;
        let value = value.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
        this.eq_ignore_ascii_case(name).then_some(value)
    })
}

/// The options one by one, as far as their quotes are closed.
fn each_option(options: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(options);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = unquoted(text, b",")?;
        rest = text.get(end + 1..);
        Some(&text[..end])
    })
}

/// Where the first of `bytes` stands outside quotes, or the end. `None` if a quote stays open.
fn unquoted(text: &[u8], bytes: &[u8]) -> Option<usize> {
    let (mut at, mut quoted) = (0, false);
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' if text.get(at + 1) == Some(&b'"') => at += 1,
            b'"' => quoted = !quoted,
            byte if !quoted && bytes.contains(byte) => return Some(at),
            _ => {}
        }
        at += 1;
    }
    (!quoted).then_some(at)
}

fn trimmed(text: &[u8]) -> &[u8] {
    let spaces = text.iter().take_while(|byte| b" \t".contains(byte));
    &text[spaces.count()..]
}
