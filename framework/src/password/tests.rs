use super::*;

fn policy(length: usize) -> PasswordPolicy {
    PasswordPolicy {
        length,
        ..PasswordPolicy::default()
    }
}

#[test]
fn the_default_gives_over_200_bits() {
    let postgres = PasswordPolicy {
        exclude_characters: ":/@\"'\\".into(),
        ..PasswordPolicy::default()
    };
    assert!(
        (205.0..207.0).contains(&postgres.entropy_bits()),
        "{}",
        postgres.entropy_bits()
    );
    assert_eq!(postgres.check(), Ok(()));
}

/// Each class at its own place in the password: three orders of 26, 26 and 10 characters make six.
#[test]
fn passwords_that_lack_a_class_do_not_count() {
    let three = PasswordPolicy {
        exclude_punctuation: true,
        ..policy(3)
    };
    let bits = f64::from(6 * 26 * 26 * 10).log2();
    assert!((three.entropy_bits() - bits).abs() < 1e-9);
}

#[test]
fn the_floor_is_64_bits() {
    let sixteen_letters = |length| PasswordPolicy {
        exclude_characters: "qrstuvwxyz".into(),
        exclude_uppercase: true,
        exclude_numbers: true,
        exclude_punctuation: true,
        ..policy(length)
    };
    assert_eq!(sixteen_letters(16).check(), Ok(()));
    let bits = 60.0;
    assert_eq!(sixteen_letters(15).check(), Err(PolicyError::Weak { bits }));
}

#[test]
fn weak_and_impossible_policies_are_refused_with_their_figure() {
    assert_eq!(policy(0).check(), Err(PolicyError::Length(0)));
    assert_eq!(policy(5000).check(), Err(PolicyError::Length(5000)));
    assert_eq!(
        policy(3).check(),
        Err(PolicyError::TooShort {
            length: 3,
            classes: 4
        })
    );
    assert!(matches!(policy(4).check(), Err(PolicyError::Weak { .. })));
    let digits = PasswordPolicy {
        exclude_lowercase: true,
        exclude_uppercase: true,
        exclude_punctuation: true,
        ..policy(8)
    };
    assert!(
        digits
            .check()
            .expect_err("weak")
            .to_string()
            .contains("26.6 bits")
    );
    let none = PasswordPolicy {
        exclude_numbers: true,
        ..digits
    };
    assert_eq!(none.check(), Err(PolicyError::Empty));
}

#[test]
fn every_option_is_honoured() {
    let strict = PasswordPolicy {
        exclude_characters: "abcXYZ019!".into(),
        ..policy(16)
    };
    for _ in 0..200 {
        let password = strict.draw().expect("random");
        let password = password.expose();
        assert_eq!(password.chars().count(), 16);
        assert!(!password.contains(['a', 'X', '0', '!', ' ']));
        for class in [LOWER, UPPER, DIGITS, PUNCTUATION] {
            assert!(
                password.contains(|c| class.contains(c)),
                "{class} is missing"
            );
        }
    }
}

#[test]
fn draws_are_uniform() {
    let policy = PasswordPolicy {
        require_each_included_type: false,
        ..policy(4096)
    };
    let mut counts = std::collections::BTreeMap::<char, f64>::new();
    for _ in 0..50 {
        let password = policy.draw().expect("random");
        assert_eq!(password.expose().len(), 4096);
        for c in password.expose().chars() {
            *counts.entry(c).or_default() += 1.0;
        }
    }
    let expected = 50.0 * 4096.0 / 94.0;
    let chi_square: f64 = counts
        .values()
        .map(|n| (n - expected).powi(2) / expected)
        .sum();
    // 93 degrees of freedom: 1 in 10 million runs is above 180.
    assert!(counts.len() == 94 && chi_square < 180.0, "{chi_square}");
}
