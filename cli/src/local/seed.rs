//! The file that says what is there at the start.

use std::collections::BTreeMap;
use std::path::Path;

use rotation_kit::aws::LocalAws;
use rotation_kit::lambda::arn;
use serde::Deserialize;
use serde_json::value::RawValue;

/// What the file says. A field that is not known is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seed {
    #[serde(default)]
    functions: BTreeMap<String, Function>,
    secrets: Vec<Secret>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Function {
    /// A program, a folder or an address. An argument may say it instead.
    runs: Option<String>,
    #[serde(default)]
    variables: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Secret {
    name: String,
    /// AWSCURRENT's: an object, or a text.
    value: Box<RawValue>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    /// The name of the function that rotates the secret.
    function: Option<String>,
    #[serde(default)]
    versions: Vec<Version>,
}

/// A version beside AWSCURRENT's, or, with that label, in its place.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Version {
    id: Option<String>,
    /// Left out: the version was only announced.
    value: Option<Box<RawValue>>,
    labels: Vec<String>,
}

/// What runs, and its variables.
pub(super) type Functions = BTreeMap<String, (String, Vec<(String, String)>)>;

impl Seed {
    /// The seed in `file`.
    pub(super) fn read(file: &Path) -> Result<Self, String> {
        let of_file = |problem: String| format!("{}: {problem}", file.display());
        let text = std::fs::read_to_string(file).map_err(|error| of_file(error.to_string()))?;
        Self::parse(&text).map_err(of_file)
    }

    /// An error has no word of the file but the names of its fields: values are secret.
    fn parse(text: &str) -> Result<Self, String> {
        let mut json = serde_json::Deserializer::from_str(text);
        serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let (at, error) = (error.path().to_string(), error.into_inner());
            let said = error.to_string();
            let names_a_field = ["unknown field", "missing field", "duplicate field"];
            let what = match names_a_field.iter().any(|words| said.starts_with(words)) {
                true => said.split(" at line ").next().unwrap_or_default(),
                false if error.is_data() => "has another type than it should have",
                false => "is no JSON",
            };
            let (line, column) = (error.line(), error.column());
            format!("{at}: {what} (line {line}, column {column})")
        })
    }

    /// All functions: those of the file, and those of the arguments, which go before them.
    pub(super) fn functions(&self, arguments: &[(String, String)]) -> Result<Functions, String> {
        let mut all = Functions::new();
        for (name, function) in &self.functions {
            let argued = arguments.iter().rfind(|(argued, _)| argued == name);
            let runs = argued.map(|(_, what)| what).or(function.runs.as_ref());
            let runs = runs.ok_or_else(|| {
                format!("function {name} has nothing that runs: give it the field runs, or say --function {name}=WHAT")
            })?;
            let variables = function.variables.clone().into_iter();
            all.insert(name.clone(), (runs.clone(), variables.collect()));
        }
        for (name, what) in arguments {
            let argued = || (what.clone(), Vec::new());
            all.entry(name.clone()).or_insert_with(argued);
        }
        for secret in &self.secrets {
            let named = secret.function.as_ref();
            if let Some(function) = named.filter(|function| !all.contains_key(*function)) {
                return Err(format!(
                    "secret {} names the function {function}, which is not there: add it to functions, or say --function {function}=WHAT",
                    secret.name
                ));
            }
        }
        Ok(all)
    }

    /// Puts the secrets there. Returns a line for each.
    pub(super) fn load(&self, aws: &LocalAws) -> Result<Vec<String>, String> {
        let lines = self.secrets.iter().map(|secret| secret.load(aws));
        lines.collect()
    }
}

impl Secret {
    fn load(&self, aws: &LocalAws) -> Result<String, String> {
        let Self { name, function, .. } = self;
        let refused = |problem: String| format!("secret {name}: {problem}");
        let value = text(&self.value).map_err(refused)?;
        let tags: Vec<_> = self.tags.clone().into_iter().collect();
        let secret = aws.add(name, &value, &tags).map_err(refused)?;
        if let Some(function) = function {
            aws.attach(&secret, &arn(function));
        }
        for version in &self.versions {
            version.plant(aws, &secret).map_err(refused)?;
        }
        let function = function.as_deref().unwrap_or("no function");
        Ok(format!("  {name} ({function}): {secret}"))
    }
}

impl Version {
    fn plant(&self, aws: &LocalAws, secret: &str) -> Result<(), String> {
        let new = || uuid::Uuid::new_v4().to_string();
        let id = self.id.clone().unwrap_or_else(new);
        if !(32..=64).contains(&id.len()) {
            return Err(format!(
                "the id of version {id} must have 32 to 64 characters"
            ));
        }
        if self.labels.is_empty() {
            return Err(format!("version {id} has no label"));
        }
        let value = self.value.as_deref().map(text).transpose()?;
        let labels: Vec<&str> = self.labels.iter().map(String::as_str).collect();
        aws.plant(secret, &id, value.as_deref(), &labels);
        Ok(())
    }
}

/// The value as Secrets Manager has it: an object as it stands in the file, or the text itself.
fn text(value: &RawValue) -> Result<String, String> {
    let value = value.get();
    match serde_json::from_str(value) {
        Ok(text) => Ok(text),
        Err(_) if value.starts_with('{') => Ok(value.to_owned()),
        Err(_) => Err("value must be an object or a text".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        let parsed = Seed::parse(text).and_then(|seed| seed.functions(&[]));
        parsed.expect_err("it does not fit")
    }

    #[test]
    fn what_does_not_fit_is_named_and_not_told() {
        for (text, words) in [
            (
                r#"{"secrets": [{"name": "a", "value": {}, "pasword": "hunter2"}]}"#,
                "secrets[0].pasword: unknown field `pasword`",
            ),
            (r#"{"secrets": "hunter2"}"#, "secrets: has another type"),
            (r#"{"secrets": [{"name": "a"}]}"#, "missing field `value`"),
            (
                r#"{"secrets": [], hunter2"#,
                "is no JSON (line 1, column 17)",
            ),
            (
                r#"{"secrets": [{"name": "a", "value": "hunter2", "function": "f"}]}"#,
                "secret a names the function f, which is not there",
            ),
            (
                r#"{"functions": {"f": {}}, "secrets": []}"#,
                "function f has nothing that runs",
            ),
        ] {
            let said = refusal(text);
            assert!(said.contains(words), "{words}: {said}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }

    #[test]
    fn an_argument_goes_before_the_file() {
        let file = r#"{"functions": {"f": {"runs": "a", "variables": {"B": "c"}}}, "secrets": []}"#;
        let seed = Seed::parse(file).expect("a seed");
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let all = seed.functions(&[pair("f", "b"), pair("g", "c")]);
        let all = all.expect("functions");
        assert_eq!(all["f"], ("b".to_owned(), vec![pair("B", "c")]));
        assert_eq!(all["g"], ("c".to_owned(), Vec::new()));
    }

    #[test]
    fn a_value_stays_as_it_is() {
        let value = |text: &str| RawValue::from_string(text.to_owned()).expect("JSON");
        let object = r#"{"b": 1,  "a": "\u0061"}"#;
        assert_eq!(text(&value(object)).as_deref(), Ok(object));
        assert_eq!(text(&value(r#""a\nb""#)).as_deref(), Ok("a\nb"));
        assert!(text(&value("[1]")).is_err());
    }
}
