//! Random files: no byte changes but the key's lines, and nothing panics. `PROPTEST_CASES` says how many of each kind.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use russh::keys::PublicKey;

use super::{add, lines, options_of, remove};
use crate::samples::{FILES, key, text};

const OPTIONS: &str = r#"no-pty,command="a \" b""#;

fn config() -> ProptestConfig {
    let mut config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 3000;
    }
    config
}

proptest! {
    #![proptest_config(config())]

    /// Files of which we know which lines are the key's.
    #[test]
    fn exactly_the_keys_lines_go(written in vec((line(), select(vec!["\n", "\r\n"])), 0..10), whole: bool) {
        let mut written: Vec<_> = written
            .into_iter()
            .map(|(line, end)| (line.options, [&line.text, end.as_bytes()].concat()))
            .collect();
        if let Some((_, last)) = written.last_mut().filter(|_| !whole) {
            last.truncate(last.len() - 1);
        }
        let concat = |ours: bool| {
            let kept = written.iter().filter(|(options, _)| ours || options.is_none());
            kept.flat_map(|(_, line)| line.clone()).collect::<Vec<_>>()
        };
        let options = written.iter().find_map(|(options, _)| options.clone());
        let (file, key) = (concat(true), key("ed25519"));
        prop_assert_eq!(remove(&file, &key), options.is_some().then(|| concat(false)));
        prop_assert_eq!(add(&file, &key, "new").is_none(), options.is_some());
        prop_assert_eq!(options_of(&file, &key), options);
        holds(&file, &key)?;
    }

    /// The samples, damaged.
    #[test]
    fn damaged_files_are_edited_as_carefully(
        (_, file) in select(&FILES[..]),
        damages in vec((0..5u8, any::<Index>(), any::<Index>(), any::<u8>()), 0..8),
    ) {
        let mut file = file.to_vec();
        for (kind, from, to, byte) in damages {
            damage(&mut file, kind, from, to, byte);
        }
        for name in ["ed25519", "rsa", "ecdsa384"] {
            holds(&file, &key(name))?;
        }
    }
}

/// What is true of every file.
fn holds(file: &[u8], key: &PublicKey) -> Result<(), TestCaseError> {
    let there = options_of(file, key).is_some();
    let new = format!("{OPTIONS} {}", key.to_openssh().expect("short"));
    let added = add(file, key, &new);
    prop_assert_eq!(added.is_none(), there);
    if let Some(added) = added {
        let open = !file.is_empty() && !file.ends_with(b"\n");
        let end = if added.ends_with(b"\r\n") {
            "\r\n"
        } else {
            "\n"
        };
        let completed = [file, if open { end.as_bytes() } else { b"" }].concat();
        prop_assert_eq!(
            &added,
            &[&completed, new.as_bytes(), end.as_bytes()].concat()
        );
        prop_assert_eq!(options_of(&added, key), Some(OPTIONS.to_owned()));
        prop_assert_eq!(remove(&added, key), Some(completed));
    }
    let removed = remove(file, key);
    prop_assert_eq!(removed.is_some(), there);
    if let Some(removed) = removed {
        let mut left = lines(&removed).peekable();
        for line in lines(file) {
            let kept = left.next_if_eq(&line).is_some();
            prop_assert_eq!(kept, options_of(line, key).is_none());
        }
        prop_assert_eq!(left.next(), None);
        prop_assert_eq!(options_of(&removed, key), None);
    }
    Ok(())
}

/// A line without its end, and the options where it is the key's.
#[derive(Clone, Debug)]
struct Line {
    text: Vec<u8>,
    options: Option<String>,
}

fn line() -> impl Strategy<Value = Line> {
    let strange = |text: Vec<u8>| Line {
        text,
        options: None,
    };
    let (ours, other) = (text("ed25519"), text("other"));
    let cut = ours.clone();
    let (comment, end) = (format!("#{ours}"), format!(" {ours}"));
    prop_oneof![
        4 => lets_in(ours),
        3 => lets_in(other).prop_map(move |line| strange(line.text)),
        1 => tail().prop_map(move |tail| strange([comment.as_bytes(), &tail].concat())),
        1 => authority().prop_map(move |authority| strange([authority, end.clone()].concat().into_bytes())),
        1 => (0..cut.len()).prop_map(move |length| strange(cut.as_bytes()[..length].to_vec())),
        1 => vec(byte(), 0..40).prop_map(strange),
    ]
}

/// A line that lets the key in.
fn lets_in(key: String) -> impl Strategy<Value = Line> {
    let options = prop_oneof![Just(String::new()), options()];
    ("[ \t]{0,2}", options, "[ \t]{1,2}", tail()).prop_map(
        move |(indent, options, blanks, tail)| {
            let (kind, blob) = key.split_once(' ').expect("two words");
            let before = if options.is_empty() { "" } else { &blanks };
            let written = [&indent, &options, before, kind, &blanks, blob].concat();
            Line {
                text: [written.as_bytes(), &tail].concat(),
                options: Some(options),
            }
        },
    )
}

fn options() -> impl Strategy<Value = String> {
    let option = r#"[a-z-]{1,9}(="([ -!#-\[\]-~]|\\"){0,12}")?"#;
    vec(option, 1..4).prop_map(|options| options.join(","))
}

fn authority() -> impl Strategy<Value = String> {
    let word = select(vec!["cert-authority", "Cert-Authority"]);
    (options(), word, any::<bool>()).prop_map(|(options, word, first)| {
        let (one, two) = if first {
            (word, &options[..])
        } else {
            (&options[..], word)
        };
        format!("{one},{two}")
    })
}

/// What may follow a key: nothing, or a blank or a NUL, and then anything.
fn tail() -> impl Strategy<Value = Vec<u8>> {
    let some = (select(&b" \t\0"[..]), vec(byte(), 0..12));
    prop_oneof![
        Just(Vec::new()),
        some.prop_map(|(first, rest)| [vec![first], rest].concat()),
    ]
}

/// Any byte that ends no line, and often one that means something.
fn byte() -> impl Strategy<Value = u8> {
    prop_oneof![
        select(&b" \t\r\0#\",\\=a"[..]),
        any::<u8>().prop_filter("no line end", |byte| *byte != b'\n'),
    ]
}

/// Changes, takes out, repeats or puts in some bytes.
fn damage(file: &mut Vec<u8>, kind: u8, from: Index, to: Index, byte: u8) {
    let (from, to) = (from.index(file.len() + 1), to.index(file.len() + 1));
    let (from, to) = (from.min(to), from.max(to));
    match kind {
        0 => file.truncate(to),
        1 => drop(file.drain(from..to)),
        2 => {
            let repeated = file[from..to].to_vec();
            file.splice(from..from, repeated);
        }
        3 => file.insert(from, b" \t\n\r\0\"\\#,"[usize::from(byte) % 9]),
        _ => {
            if let Some(changed) = file.get_mut(from) {
                *changed = byte;
            }
        }
    }
}
