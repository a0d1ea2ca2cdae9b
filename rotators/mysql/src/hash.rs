//! Hashes that the servers keep of a password, made here: so that the password itself need not travel, and so that a
//! stored hash can be held against it without a login.

use rotation::HookError;
use sha1::{Digest, Sha1};
use sha2::Sha256;

/// `mysql_native_password`: an asterisk and SHA1(SHA1(password)) in upper-case hexadecimal.
/// Source: <https://mariadb.com/kb/en/authentication-plugin-mysql_native_password/>.
pub(crate) fn native(password: &str) -> String {
    format!("*{}", hex(&Sha1::digest(Sha1::digest(password.as_bytes()))))
}

/// Whether `stored`, in hexadecimal, is `caching_sha2_password`'s hash of the password: `$A$`, the rounds in thousands as
/// three hexadecimal digits, `$`, 20 bytes of salt, and the 43 characters of SHA-crypt.
/// Source: <https://dev.mysql.com/doc/refman/en/caching-sha2-pluggable-authentication.html>, WL#11543.
pub(crate) fn is_caching_sha2(stored: &str, password: &str) -> Option<bool> {
    let stored: Option<Vec<u8>> = (0..stored.len() / 2)
        .map(|at| u8::from_str_radix(stored.get(2 * at..2 * at + 2)?, 16).ok())
        .collect();
    let stored = stored.filter(|stored| stored.len() == 7 + 20 + 43)?;
    let rounds = std::str::from_utf8(stored.strip_prefix(b"$A$")?.get(..3)?).ok()?;
    let rounds = u32::from_str_radix(rounds, 16).ok()? * 1000;
    let (salt, digest) = stored[7..].split_at(20);
    Some(crypt_base64(&sha256_crypt(password.as_bytes(), salt, rounds)) == digest)
}

/// The rounds of a server that has no setting for them.
pub(crate) const ROUNDS: u32 = 5000;

/// A hash of the password as `caching_sha2_password` keeps it, in hexadecimal, with a salt of its own. The rounds are counted in
/// thousands.
pub(crate) fn caching_sha2(password: &str, rounds: u32) -> Result<String, HookError> {
    let thousands = (rounds / 1000).clamp(5, 0xfff);
    let mut random = [0; 20];
    getrandom::fill(&mut random)
        .map_err(|_| HookError::failed("the operating system gives no random bytes"))?;
    let salt = random.map(of_salt);
    let digest = crypt_base64(&sha256_crypt(password.as_bytes(), &salt, thousands * 1000));
    let head = format!("$A${thousands:03X}$");
    Ok(hex(&[head.as_bytes(), &salt, &digest].concat()))
}

/// As the server's own salts: seven bits, no zero, and no dollar sign, which ends it.
fn of_salt(random: u8) -> u8 {
    match random & 0x7f {
        0 => 1,
        b'$' => b'%',
        byte => byte,
    }
}

/// A hash of `mysql_native_password`'s form that no password has, and that says what `text` says.
pub(crate) fn sign(text: &str) -> String {
    format!("*{}", short(text))
}

/// 20 bytes that stand for a text of any length, in upper-case hexadecimal.
pub(crate) fn short(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes())[..20])
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// SHA-crypt with a salt of any length: MySQL's has 20 bytes, where the libraries cut it at 16 as the specification has it.
/// Source: <https://www.akkadia.org/drepper/SHA-crypt.txt>, steps 1 to 21.
fn sha256_crypt(password: &[u8], salt: &[u8], rounds: u32) -> [u8; 32] {
    let digest = |parts: &[&[u8]]| -> [u8; 32] {
        let mut sha = Sha256::new();
        parts.iter().for_each(|part| sha.update(part));
        sha.finalize().into()
    };
    let stretched = |digest: [u8; 32], length: usize| -> Vec<u8> {
        digest.iter().copied().cycle().take(length).collect()
    };
    let b = digest(&[password, salt, password]);
    let b_stretched = stretched(b, password.len());
    let mut parts = vec![password, salt, &b_stretched];
    let mut bits = password.len();
    while bits > 0 {
        parts.push(if bits & 1 == 1 { &b } else { password });
        bits >>= 1;
    }
    let mut a = digest(&parts);
    let p = stretched(digest(&vec![password; password.len()]), password.len());
    let s = stretched(digest(&vec![salt; 16 + usize::from(a[0])]), salt.len());
    for round in 0..rounds {
        let odd = round % 2 == 1;
        let before = a;
        let (first, last): (&[u8], &[u8]) = if odd { (&p, &before) } else { (&before, &p) };
        let salt: &[u8] = if round % 3 == 0 { &[] } else { &s };
        let again: &[u8] = if round % 7 == 0 { &[] } else { &p };
        a = digest(&[first, salt, again, last]);
    }
    a
}

/// The characters of SHA-crypt for 32 bytes, in its own order.
/// Source: <https://www.akkadia.org/drepper/SHA-crypt.txt>, step 22e.
fn crypt_base64(digest: &[u8; 32]) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut text = Vec::with_capacity(43);
    let mut push = |value: u32, characters: usize| {
        text.extend((0..characters).map(|n| ALPHABET[(value >> (6 * n)) as usize & 63]));
    };
    let (mut a, mut b, mut c) = (0, 10, 20);
    for _ in 0..10 {
        push(u32::from_be_bytes([0, digest[a], digest[b], digest[c]]), 4);
        (a, b, c) = ((a + 21) % 30, (b + 21) % 30, (c + 21) % 30);
    }
    push(u32::from_be_bytes([0, 0, digest[31], digest[30]]), 3);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_servers_make_them() {
        // SELECT PASSWORD('password')
        assert_eq!(
            native("password"),
            "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19"
        );
        // The specification's own example: "$5$saltstring" of "Hello world!", 5000 rounds.
        let made = sha256_crypt(b"Hello world!", b"saltstring", 5000);
        assert_eq!(
            crypt_base64(&made),
            b"5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"
        );
        assert_eq!(is_caching_sha2("2441", "x"), None);
        for (rounds, shown) in [(ROUNDS, "$A$005$"), (31_000, "$A$01F$")] {
            let made = caching_sha2("Hello world!", rounds).expect("random");
            assert!(made.starts_with(&hex(shown.as_bytes())), "{made}");
            assert_eq!(is_caching_sha2(&made, "Hello world!"), Some(true));
            assert_eq!(is_caching_sha2(&made, "Hello world?"), Some(false));
        }
        assert_eq!(sign("a").len(), native("a").len());
    }

    #[test]
    fn a_salt_has_seven_bits_and_does_not_end_early() {
        assert_eq!(
            [0x00, 0x80, 0x24, 0xa4, 0xff].map(of_salt),
            *b"\x01\x01%%\x7f"
        );
    }
}
