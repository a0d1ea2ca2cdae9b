//! Edits an authorized_keys file: one key's line comes or goes, and no other byte changes.
//!
//! A line is a key's where sshd would take it for the key's. It is found by the key itself, whatever is written around it: a
//! line that was overlooked would be a key that lives on.

mod entry;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;

use russh::keys::PublicKey;

use self::entry::Sought;

/// The file with `line` at its end, or `None` if the key is there already. `line` is without line end.
pub(crate) fn add(file: &[u8], key: &PublicKey, line: &str) -> Option<Vec<u8>> {
    let sought = Sought::new(key);
    if lines(file).any(|line| sought.options(line).is_some()) {
        return None;
    }
    let end = line_end(file);
    let mut edited = file.to_vec();
    if !file.is_empty() && !file.ends_with(b"\n") {
        edited.extend_from_slice(end);
    }
    edited.extend_from_slice(line.as_bytes());
    edited.extend_from_slice(end);
    Some(edited)
}

/// The file without the key's lines, or `None` if it has none.
pub(crate) fn remove(file: &[u8], key: &PublicKey) -> Option<Vec<u8>> {
    let sought = Sought::new(key);
    let others = lines(file).filter(|line| sought.options(line).is_none());
    let edited = others.collect::<Vec<_>>().concat();
    (edited.len() < file.len()).then_some(edited)
}

/// The options of the key's first line, as they stand there; `None` if the key is not there. Bytes that are no text become
/// U+FFFD: a copy may allow less, never more.
pub(crate) fn options_of(file: &[u8], key: &PublicKey) -> Option<String> {
    let sought = Sought::new(key);
    let options = lines(file).find_map(|line| sought.options(line))?;
    Some(String::from_utf8_lossy(options).into_owned())
}

/// The lines, each with its end.
fn lines(file: &[u8]) -> impl Iterator<Item = &[u8]> {
    file.split_inclusive(|byte| *byte == b'\n')
}

/// How the last whole line ends.
fn line_end(file: &[u8]) -> &'static [u8] {
    match file.iter().rposition(|byte| *byte == b'\n') {
        Some(at) if file[..at].ends_with(b"\r") => b"\r\n",
        _ => b"\n",
    }
}
