//! Which rotator a secret is for.

use super::Failure;
use super::known::Known;
use crate::document::Document;

/// The rotator that was asked for. If none was, it is the one that reads the secret's value. If several read it, or none does, the
/// name of the secret's function decides.
pub(super) fn choose<'a>(
    rotators: &'a [Known],
    asked: Option<&str>,
    value: Option<&Document>,
    function: Option<&str>,
) -> Result<&'a Known, Failure> {
    let mut fitting: Vec<&Known> = match asked {
        Some(name) => rotators
            .iter()
            .filter(|known| known.about.name == name)
            .collect(),
        None => readers(rotators, value),
    };
    if fitting.len() != 1 {
        let function = function.unwrap_or_default().to_ascii_lowercase();
        let named = |known: &&Known| function.contains(known.about.name);
        fitting = match fitting.is_empty() {
            true => rotators.iter().filter(named).collect(),
            false => fitting.into_iter().filter(named).collect(),
        };
    }
    match fitting[..] {
        [known] => Ok(known),
        _ => Err(Failure::Failed(unclear(rotators, value, function))),
    }
}

/// The rotators that read the value. If only one is known, it is that one.
fn readers<'a>(rotators: &'a [Known], value: Option<&Document>) -> Vec<&'a Known> {
    let reads = |known: &&Known| value.is_some_and(|value| (known.reads)(value).is_some());
    match rotators {
        [only] => vec![only],
        _ => rotators.iter().filter(reads).collect(),
    }
}

fn unclear(rotators: &[Known], value: Option<&Document>, function: Option<&str>) -> String {
    let names = |rotators: &mut dyn Iterator<Item = &Known>| {
        let names: Vec<&str> = rotators.map(|known| known.about.name).collect();
        names.join(", ")
    };
    let fits = readers(rotators, value);
    let fits = match fits[..] {
        [] => "no rotator".to_owned(),
        _ => names(&mut fits.into_iter()),
    };
    let function = function.map_or_else(
        || "it names no function".to_owned(),
        |function| format!("its function is {function}"),
    );
    format!(
        "it is not clear which rotator this secret is for: its value fits {fits}, and {function}. Say --rotator with one of {}",
        names(&mut rotators.iter())
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(
        rotators: &[Known],
        asked: Option<&str>,
        value: &str,
        function: Option<&str>,
    ) -> Result<&'static str, String> {
        let value = Document::new(value);
        match choose(rotators, asked, Some(&value), function) {
            Ok(known) => Ok(known.about.name),
            Err(failure) => Err(failure.text().to_owned()),
        }
    }

    #[test]
    fn the_value_decides_then_the_function_then_the_person() {
        let rotators = [
            Known::unbuilt("postgres", |value| value.expose().contains("pg")),
            Known::unbuilt("mysql", |value| value.expose().contains("my")),
            Known::unbuilt("mariadb", |value| value.expose().contains("my")),
        ];
        let none = None;
        assert_eq!(chosen(&rotators, none, "pg", none), Ok("postgres"));
        let function = Some("arn:aws:lambda:eu-central-1:1:function:Prod-MariaDB-A1");
        assert_eq!(chosen(&rotators, none, "my", function), Ok("mariadb"));
        assert_eq!(chosen(&rotators, none, "?", function), Ok("mariadb"));
        assert_eq!(chosen(&rotators, none, "pg", function), Ok("postgres"));
        assert_eq!(chosen(&rotators, Some("mysql"), "pg", none), Ok("mysql"));
        assert_eq!(chosen(&rotators[..1], none, "?", none), Ok("postgres"));
        let unclear = chosen(&rotators, none, "my", none).expect_err("two");
        assert!(
            unclear.contains("its value fits mysql, mariadb, and it names no function"),
            "{unclear}"
        );
        let unclear = chosen(&rotators, none, "?", Some("arn:x")).expect_err("none");
        assert!(
            unclear.contains("fits no rotator, and its function is arn:x"),
            "{unclear}"
        );
    }
}
