//! Names with values, and what was wrong with them.

use std::collections::BTreeMap;

use super::names::names;
use crate::error::RotationError;
use crate::secret::printable;
use crate::settings::Setting;

/// The environment while it is read.
pub(super) struct Variables {
    values: BTreeMap<String, String>,
    problems: Vec<String>,
}

impl Variables {
    pub(super) fn new(vars: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            values: vars.into_iter().collect(),
            problems: Vec::new(),
        }
    }

    /// Notes a problem for each unknown name that begins with `ROTATION_`. Otherwise, a mistyped setting would silently do
    /// nothing.
    pub(super) fn refuse_unknown(&mut self, others: &[Setting]) {
        let own = || others.iter().map(|setting| setting.name);
        let all = || names().chain(own());
        let known = |name: &str| all().any(|known| known == name);
        let unknown = self
            .values
            .keys()
            .filter(|name| name.starts_with("ROTATION_") && !known(name));
        self.problems.extend(unknown.map(|name| {
            let hint = suggestion(name, all(), "ROTATION_");
            format!("unknown setting {}{hint}", printable(name, 80))
        }));
    }

    /// The value of `name`, even if it is empty.
    pub(super) fn raw(&self, name: &str) -> Option<String> {
        self.values.get(name).cloned()
    }

    /// The value of `name`, if it is not empty.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.raw(name).filter(|value| !value.is_empty())
    }

    /// The choice that the value of `name` names. Upper and lower case make no difference.
    pub(super) fn choice<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> Option<T> {
        let value = self.get(name)?;
        let chosen = choices
            .iter()
            .find(|(word, _)| word.eq_ignore_ascii_case(&value));
        if chosen.is_none() {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            self.problem(format!(
                "{name} must be {}, not \"{}\"",
                either(&words),
                printable(&value, 40)
            ));
        }
        chosen.map(|(_, choice)| *choice)
    }

    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let value = self.get(name)?;
        let read = flag(name, &value);
        self.keep(read)
    }

    /// The value. If there is none, the problem is noted.
    pub(super) fn keep<T>(&mut self, read: Result<T, String>) -> Option<T> {
        read.map_err(|problem| self.problem(problem)).ok()
    }

    /// Notes a problem. It is noted only once, even if two settings come from the same variable.
    pub(super) fn problem(&mut self, problem: String) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    pub(super) fn finish<T>(self, read: T) -> Result<T, RotationError> {
        told(self.problems).map_or(Ok(read), |all| Err(RotationError::Config(all)))
    }
}

/// All problems, one per line. `None` if there is no problem.
pub(super) fn told(problems: Vec<String>) -> Option<String> {
    (!problems.is_empty()).then(|| problems.join("\n"))
}

/// Reads a yes or a no, and refuses every other word. AWS's templates take every other word as false. So a mistyped word would
/// change the policy, and nobody would notice.
pub(super) fn flag(name: &str, value: &str) -> Result<bool, String> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" | "y" | "yes" => Ok(true),
        "false" | "0" | "n" | "no" => Ok(false),
        _ => Err(format!(
            "{name} must be true/1/y/yes or false/0/n/no, not \"{}\"",
            printable(value, 40)
        )),
    }
}

/// A hint that names the known name which is most similar to `name`. It is empty if none is similar. `prefix` does not count in
/// the comparison.
pub(super) fn suggestion<'a>(
    name: &str,
    known: impl Iterator<Item = &'a str>,
    prefix: &str,
) -> String {
    let bare = |name: &'a str| name.strip_prefix(prefix).unwrap_or(name);
    let meant = name.strip_prefix(prefix).unwrap_or(name);
    let nearest = known
        .map(|name| (strsim::damerau_levenshtein(meant, bare(name)), name))
        .min()
        .filter(|(distance, _)| *distance <= 3);
    nearest.map_or_else(String::new, |(_, name)| format!(". Did you mean {name}?"))
}

/// The words, as in `a, b or c`.
pub(crate) fn either(words: &[&str]) -> String {
    match words {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}
