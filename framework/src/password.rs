//! Random passwords with the options of GetRandomPassword, drawn from the operating system.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::secret::Secret;

/// The options of GetRandomPassword, under AWS's names and with AWS's defaults.
/// Source: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// The length in characters, 1 to 4096.
    pub length: usize,
    /// Characters that never occur.
    pub exclude_characters: String,
    /// No `0` to `9`.
    pub exclude_numbers: bool,
    /// None of AWS's 32 punctuation marks.
    pub exclude_punctuation: bool,
    /// No `A` to `Z`.
    pub exclude_uppercase: bool,
    /// No `a` to `z`.
    pub exclude_lowercase: bool,
    /// Spaces may occur.
    pub include_space: bool,
    /// At least one character of each class that is not excluded.
    pub require_each_included_type: bool,
}

/// Why a policy was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The length is outside of AWS's range.
    #[error("the password length must be 1 to 4096, not {0}")]
    Length(usize),
    /// No character is left to draw from.
    #[error("no characters left to build a password from")]
    Empty,
    /// Each required class must occur, and there are more of them than characters.
    #[error("{length} characters are too few for the {classes} required classes of characters")]
    TooShort {
        /// The length of the password.
        length: usize,
        /// How many classes are required.
        classes: usize,
    },
    /// The passwords could be guessed.
    #[error(
        "the password policy gives {bits:.1} bits of entropy, below the floor of {FLOOR_BITS} bits: make it longer, or exclude less"
    )]
    Weak {
        /// log2 of the number of passwords that the policy can give.
        bits: f64,
    },
}

/// The operating system's random generator failed.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gives no random bytes: {0}")]
pub struct RandomError(getrandom::Error);

/// The least entropy that a policy must give, in bits.
const FLOOR_BITS: u32 = 64;
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";
const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

impl Default for PasswordPolicy {
    /// 32 characters of all four classes, each at least once.
    fn default() -> Self {
        Self {
            length: 32,
            exclude_characters: String::new(),
            exclude_numbers: false,
            exclude_punctuation: false,
            exclude_uppercase: false,
            exclude_lowercase: false,
            include_space: false,
            require_each_included_type: true,
        }
    }
}

impl PasswordPolicy {
    /// Refuses a policy that cannot be met, or that gives fewer than 64 bits.
    pub fn check(&self) -> Result<(), PolicyError> {
        if !(1..=4096).contains(&self.length) {
            return Err(PolicyError::Length(self.length));
        }
        let classes = self.classes();
        if classes.is_empty() {
            return Err(PolicyError::Empty);
        }
        if self.require_each_included_type && self.length < classes.len() {
            return Err(PolicyError::TooShort {
                length: self.length,
                classes: classes.len(),
            });
        }
        let bits = self.entropy_bits();
        if bits < f64::from(FLOOR_BITS) {
            Err(PolicyError::Weak { bits })
        } else {
            Ok(())
        }
    }

    /// log2 of the number of passwords that the policy can give. A password that lacks a required class does not count.
    pub fn entropy_bits(&self) -> f64 {
        let sizes: Vec<f64> = self
            .classes()
            .iter()
            .map(|class| class.len() as f64)
            .collect();
        let (all, length) = (sizes.iter().sum::<f64>(), self.length as f64);
        let mut share = 1.0;
        if self.require_each_included_type {
            // Inclusion and exclusion over the sets of classes that a password lacks.
            share = (0..1_u32 << sizes.len())
                .map(|set| {
                    let lacking: f64 = sizes
                        .iter()
                        .enumerate()
                        .filter(|(i, _)| set & (1 << i) != 0)
                        .map(|(_, n)| n)
                        .sum();
                    let sign = if set.count_ones() % 2 == 0 { 1.0 } else { -1.0 };
                    sign * ((all - lacking) / all).powf(length)
                })
                .sum();
        }
        length * all.log2() + share.log2()
    }

    /// A password that meets the policy. All passwords that meet it are equally likely.
    ///
    /// # Errors
    /// If the operating system gives no random bytes. The policy must have passed [`check`](Self::check).
    pub fn draw(&self) -> Result<Secret, RandomError> {
        let classes = self.classes();
        let alphabet: Vec<char> = classes.iter().flatten().copied().collect();
        loop {
            let candidate = self.candidate(&alphabet)?;
            let complete = classes
                .iter()
                .all(|class| candidate.expose().chars().any(|c| class.contains(&c)));
            // All of it is drawn again: to mend single positions would favour some passwords.
            if complete || !self.require_each_included_type {
                return Ok(candidate);
            }
        }
    }

    fn candidate(&self, alphabet: &[char]) -> Result<Secret, RandomError> {
        let mut password = String::with_capacity(self.length);
        let mut pool = zeroize::Zeroizing::new([0_u8; 64]);
        // Bytes from here on would favour the alphabet's first characters.
        let fair = 256 / alphabet.len() * alphabet.len();
        while password.len() < self.length {
            getrandom::fill(pool.as_mut_slice()).map_err(RandomError)?;
            let drawn = pool
                .iter()
                .map(|&byte| usize::from(byte))
                .filter(|&byte| byte < fair);
            password.extend(
                drawn
                    .take(self.length - password.len())
                    .map(|byte| alphabet[byte % alphabet.len()]),
            );
        }
        Ok(Secret::new(password))
    }

    /// The classes that take part, without the excluded characters. A space counts as a class of its own only if it is
    /// asked for, as with GetRandomPassword.
    fn classes(&self) -> Vec<BTreeSet<char>> {
        let space = if self.include_space { " " } else { "" };
        let all = [
            (LOWER, self.exclude_lowercase),
            (UPPER, self.exclude_uppercase),
            (DIGITS, self.exclude_numbers),
            (PUNCTUATION, self.exclude_punctuation),
            (space, false),
        ];
        let kept = |class: &str| {
            class
                .chars()
                .filter(|c| !self.exclude_characters.contains(*c))
                .collect()
        };
        all.into_iter()
            .filter(|(_, excluded)| !excluded)
            .map(|(class, _)| kept(class))
            .filter(|class: &BTreeSet<char>| !class.is_empty())
            .collect()
    }
}
