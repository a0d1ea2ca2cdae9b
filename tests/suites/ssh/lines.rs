//! Lines of an authorized_keys in every form: what the rotator takes for a key is what a live sshd takes for one.

use rotation::event::Step;
use rotation::testing::world::{Subject, World};
use rotation::version::Stage;
use rotation_tests::ssh::{Pair, secret};

use crate::conformance::Fleet;

/// Forms of a line that let the key `{key}` in, which has the type `{type}` and the numbers `{base64}`; the options that
/// the next key's line then has.
const PRESENT: [(&str, &str); 13] = [
    ("{key}", ""),
    (" \t {key}", ""),
    ("{type}\t  {base64}\tcomment", ""),
    ("{key} a comment # with more", ""),
    ("{key}\r", ""),
    ("{key}\0 junk \" ", ""),
    ("restrict,pty {key}", "restrict,pty"),
    ("No-Pty \t {key}", "No-Pty"),
    (
        "from=\"127.0.0.0/8,::1,!10.1.0.0/16\",no-pty {key} c",
        "from=\"127.0.0.0/8,::1,!10.1.0.0/16\",no-pty",
    ),
    (
        "environment=\"A=,cert-authority, # ssh-ed25519 AAAA\" {key}",
        "environment=\"A=,cert-authority, # ssh-ed25519 AAAA\"",
    ),
    (
        "environment=\"A=a \\\"b\\\", c\" {key}",
        "environment=\"A=a \\\"b\\\", c\"",
    ),
    ("environment=\"A={long}\" {key}", "environment=\"A={long}\""),
    ("{key}\n{key}", ""),
];

/// The same in several lines, with what is left of them when the key is retired.
const SEVERAL: (&str, &str, &str) = (
    "\u{feff}{key}\n\n{key}\n# {key}\nnonsense",
    "",
    "\u{feff}\n\n# {key}\nnonsense\n",
);

/// Forms that do not, though the key's text is there.
const ABSENT: [&str; 15] = [
    "# {key}",
    " \t#{key}",
    "\0{key}",
    "cert-authority {key}",
    "@cert-authority {key}",
    "principals=\"a,b\",Cert-Authority,no-pty {key}",
    "environment=\"A=open {key}",
    "environment=\"A=open \\\\\" {key}",
    "no-pty from=\"127.0.0.1\" {key}",
    "from=\"127.0.0.1\" , {key}",
    "ssh-rsa {base64}",
    "{type} {short}",
    "{type} {base64}AAAA",
    "{type}{base64}",
    "{type}",
];

fn filled(form: &str, pair: &Pair) -> String {
    let mut words = pair.public.split(' ');
    let (kind, base64) = words.next().zip(words.next()).expect("a key");
    let short = &base64[..base64.len() - 4];
    form.replace("{key}", &format!("{kind} {base64}"))
        .replace("{type}", kind)
        .replace("{base64}", base64)
        .replace("{short}", short)
        .replace("{long}", &"x".repeat(20_000))
}

/// What a rotation makes of a file, and then the beginning of the next one, which retires the first key.
async fn rotated(fleet: &Fleet, pair: &Pair, content: &str) -> (String, String, String) {
    let host = &fleet.hosts[0];
    host.authorize(content);
    let subject = Subject {
        secret: secret(&fleet.hosts, pair).to_string(),
        admin: None,
    };
    let mut world = World::with(fleet, &subject);
    let version = world.begin();
    let rotated = world.steps(&version).await;
    rotated.unwrap_or_else(|error| panic!("{content:?}: {error}"));
    let value = world.store.value_of(&Stage::Current).expect("a value");
    let value: serde_json::Value = serde_json::from_str(&value).expect("JSON");
    let added = host.authorized_keys();
    let next = world.begin();
    let retired = world.step(&next, Step::CreateSecret).await;
    retired.unwrap_or_else(|error| panic!("{content:?}: {error}"));
    let new = value["public_key"].as_str().expect("a key").to_owned();
    (new, added, host.authorized_keys())
}

#[tokio::test]
async fn lines_that_let_the_key_in() {
    let fleet = Fleet::of(1, &[]).await;
    let one_line = PRESENT.iter().map(|(form, options)| (*form, *options, ""));
    for (form, options, left) in one_line.chain([SEVERAL]) {
        let pair = Pair::new("ed25519", &[]);
        let (host, of) = (&fleet.hosts[0], |form| filled(form, &pair));
        let file = format!("# one\n{}\n# two\n", of(form));
        host.authorize(&file);
        assert!(host.lets_in(&pair.private).await, "sshd does not: {form:?}");
        let (new, added, retired) = rotated(&fleet, &pair, &file).await;
        let line = format!("{} {new}\n", of(options));
        let line = line.trim_start();
        assert_eq!(added, format!("{file}{line}"), "{form:?}");
        let expected = format!("# one\n{}# two\n{line}", of(left));
        assert_eq!(retired, expected, "{form:?}");
        assert!(!host.lets_in(&pair.private).await, "{form:?}");
    }
}

#[tokio::test]
async fn lines_that_do_not() {
    let fleet = Fleet::of(1, &[]).await;
    for form in ABSENT {
        let pair = Pair::new("ed25519", &[]);
        let content = format!("{}\n", filled(form, &pair));
        let host = &fleet.hosts[0];
        host.authorize(&content);
        assert!(!host.lets_in(&pair.private).await, "sshd does: {form:?}");
        let file = format!("{content}{}\n", pair.public);
        let (new, added, retired) = rotated(&fleet, &pair, &file).await;
        assert_eq!(added, format!("{file}{new}\n"), "{form:?}");
        assert_eq!(retired, format!("{content}{new}\n"), "{form:?}");
    }
}
