//! What holds for every text under `known_hosts`. `scripts/fuzz` looks for one for which it does not.

use super::{HostKeys, Known};
use crate::host::Address;

const HOSTS: [&str; 4] = [
    "db.example",
    "db.example:2222",
    "10.0.0.1",
    "[2001:db8::1]:22",
];

/// `text` is refused with the number of a line and none of its words; or each of its lines names the hosts that it says, and a
/// revoked key opens none of them.
pub(crate) fn are_read(text: &str) {
    let lines = match Known::lines(text) {
        Ok(lines) => lines,
        Err(rule) => return has_its_line(&rule, text.lines().count()),
    };
    for host in HOSTS {
        let host = Address::parse(host).expect("a host").or(None);
        let name = host.known_as();
        for line in text.lines().map(str::trim) {
            names_what_it_says(line, &name);
        }
        let Some(keys) = HostKeys::new(lines.clone(), Vec::new()) else {
            continue;
        };
        for line in &lines {
            let same = |other: &&Known| other.key == line.key && other.names(&name);
            let mut same = lines.iter().filter(same).peekable();
            let expected = same.peek().is_some() && same.all(|other| !other.revoked);
            let checked = keys.check(&host, &line.key.clone().into());
            assert_eq!(checked.is_ok(), expected, "{host}: {checked:?}");
        }
    }
}

fn has_its_line(rule: &str, lines: usize) {
    let (rule, number) = rule.rsplit_once(": line ").expect("a line");
    let number: usize = number.parse().expect("a number");
    assert!((1..=lines).contains(&number), "line {number} of {lines}");
    assert!(rule.starts_with("must have ") && rule.len() < 100, "{rule}");
}

/// As another, slower reader has it.
fn names_what_it_says(line: &str, name: &str) {
    let known = Known::lines(line).unwrap_or_default();
    let [known] = &known[..] else {
        return;
    };
    let marked = usize::from(line.starts_with('@'));
    let patterns = line.split_whitespace().nth(marked).expect("names");
    if patterns.starts_with("|1|") {
        return;
    }
    let (mut named, mut excepted) = (false, false);
    for pattern in patterns.split(',') {
        let (not, pattern) = match pattern.strip_prefix('!') {
            Some(pattern) => (true, pattern),
            None => (false, pattern),
        };
        let pattern = pattern.to_ascii_lowercase();
        let it = slowly(name.as_bytes(), pattern.as_bytes());
        excepted |= not && it;
        named |= !not && it;
    }
    assert_eq!(known.names(name), named && !excepted, "{line}: {name}");
}

/// Whether each byte of the pattern can be for one of the name, a star for some, in every way there is.
fn slowly(name: &[u8], pattern: &[u8]) -> bool {
    // Whether the pattern, as far as it was read, is for the first so many bytes.
    let mut so_far = vec![false; name.len() + 1];
    so_far[0] = true;
    for byte in pattern {
        let before = so_far.clone();
        for at in 0..=name.len() {
            let follows = at > 0 && before[at - 1];
            so_far[at] = match byte {
                b'*' => before[at] || at > 0 && so_far[at - 1],
                b'?' => follows,
                byte => follows && name[at - 1] == *byte,
            };
        }
    }
    so_far[name.len()]
}
