//! GetRandomPassword.
//! Source: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html>.

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::request::{self, read};

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";
const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/// Of all passwords that fit, each is as likely as any other.
pub(crate) fn password(body: &Value) -> Result<Value, Refusal> {
    let asked: request::Random = read(body)?;
    let length = asked.password_length.unwrap_or(32);
    let each = asked.require_each_included_type.unwrap_or(true);
    let classes = classes(&asked);
    if !(1..=4096).contains(&length) {
        return Err(Refusal::parameter("PasswordLength must be 1 to 4096"));
    }
    if classes.is_empty() {
        return Err(Refusal::parameter("All characters are excluded"));
    }
    if each && length < classes.len() {
        return Err(Refusal::parameter(
            "PasswordLength is less than the types of characters that are required",
        ));
    }
    let alphabet = classes.concat();
    loop {
        let password = draw(&alphabet, length);
        let has = |class: &Vec<char>| class.iter().any(|c| password.contains(*c));
        if !each || classes.iter().all(has) {
            return Ok(json!({"RandomPassword": password}));
        }
    }
}

/// The types of characters, without those that are excluded.
fn classes(asked: &request::Random) -> Vec<Vec<char>> {
    let types = [
        (LOWER, !asked.exclude_lowercase),
        (UPPER, !asked.exclude_uppercase),
        (DIGITS, !asked.exclude_numbers),
        (PUNCTUATION, !asked.exclude_punctuation),
        (" ", asked.include_space),
    ];
    let included = types.iter().filter(|(_, included)| *included);
    let kept = |c: &char| !asked.exclude_characters.contains(*c);
    let classes = included.map(|(class, _)| class.chars().filter(kept).collect());
    classes
        .filter(|class: &Vec<char>| !class.is_empty())
        .collect()
}

fn draw(alphabet: &[char], length: usize) -> String {
    // Bytes from here on would favour the first characters.
    let fair = 256 - 256 % alphabet.len();
    let mut password = String::new();
    while password.len() < length {
        let mut byte = [0];
        getrandom::fill(&mut byte).expect("the system's randomness");
        let drawn = usize::from(byte[0]);
        if drawn < fair {
            password.push(alphabet[drawn % alphabet.len()]);
        }
    }
    password
}
