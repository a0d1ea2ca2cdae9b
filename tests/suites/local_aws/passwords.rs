//! GetRandomPassword, as documented
//! (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html>).

use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use rotation_kit::aws::LocalAws;

#[tokio::test]
async fn every_option_is_honoured() {
    let aws = LocalAws::start().await;
    let client = aws.client();
    for _ in 0..50 {
        let usual = client.get_random_password().send().await;
        let usual = usual.expect("a password").random_password;
        assert_eq!(usual.map(|password| password.len()), Some(32));
        let asked = client.get_random_password().password_length(4);
        let asked = asked.exclude_lowercase(true).include_space(true);
        let password = asked.exclude_characters("XYZ019!").send().await;
        let password = password.expect("a password").random_password;
        let password = password.expect("a password");
        assert_eq!(password.len(), 4, "{password}");
        assert!(!password.contains(['X', '0', '!']), "{password}");
        let has = |class: fn(char) -> bool| password.contains(class);
        let classes: [fn(char) -> bool; 4] = [
            |c| c.is_ascii_uppercase(),
            |c| c.is_ascii_digit(),
            |c| c.is_ascii_punctuation(),
            |c| c == ' ',
        ];
        assert!(classes.into_iter().all(has), "{password:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let aws = LocalAws::start().await;
    let client = aws.client();
    let asked = || client.get_random_password();
    let nothing = asked().exclude_lowercase(true).exclude_uppercase(true);
    let nothing = nothing.exclude_numbers(true).exclude_punctuation(true);
    for impossible in [
        asked().password_length(4097),
        asked().password_length(3),
        nothing,
    ] {
        let error = impossible.send().await.expect_err("a password");
        assert_eq!(error.code(), Some("InvalidParameterException"));
    }
}
