//! The book: its questions are answered where they say, each error has its section, what it brings is there, and its commands are known.

use std::collections::BTreeMap;
use std::process::Command;

use rotation_tests::setting::{tool, workspace};

use crate::complete;
use crate::links::slug;

const SOURCE: &str = "docs/book/src";

fn read(path: &str) -> String {
    std::fs::read_to_string(workspace().join(path)).expect(path)
}

/// The chapters: name and text.
fn chapters() -> Vec<(String, String)> {
    let folder = std::fs::read_dir(workspace().join(SOURCE)).expect(SOURCE);
    let names = folder.map(|entry| entry.expect("a file").file_name().into_string());
    let names = names.map(|name| name.expect("a name"));
    let mut found: Vec<(String, String)> = names
        .map(|name| (name.clone(), read(&format!("{SOURCE}/{name}"))))
        .collect();
    found.sort();
    assert!(found.len() > 25, "{} chapters", found.len());
    found
}

/// The lines outside of blocks of code that begin with `#`: where they stand, their depth, and their anchor.
fn headings(text: &str) -> Vec<(usize, usize, String)> {
    let mut fenced = false;
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        fenced ^= line.starts_with("```");
        let depth = line.len() - line.trim_start_matches('#').len();
        if depth > 0 && !fenced {
            found.push((at, depth, slug(line[depth..].trim())));
        }
    }
    found
}

/// What stands under the heading with this anchor, up to the next one that is not below it. Line ends are blanks.
pub(crate) fn section(text: &str, anchor: &str) -> Option<String> {
    let all = headings(text);
    let (begin, depth, _) = all.iter().find(|(_, _, name)| name == anchor)?;
    let mut after = all
        .iter()
        .filter(|(at, other, _)| at > begin && other <= depth);
    let end = after.next().map_or(usize::MAX, |(at, ..)| *at);
    let lines = text.lines().take(end).skip(begin + 1);
    Some(lines.collect::<Vec<_>>().join(" "))
}

/// What stands in back quotes.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn each_question_is_answered_where_it_says() {
    let text = read("docs/questions.md");
    let questions: Vec<&str> = text.split("\n## ").skip(1).collect();
    assert_eq!(questions.len(), 20);
    for question in questions {
        let (title, rest) = question.split_once('\n').expect("a question");
        let (answer, more) = rest.split_once("\nMore: ").expect(title);
        let ends = answer.trim().replace('\n', " ");
        let sentences = ends.split(". ").count();
        assert_eq!(sentences, 2, "{title}: two sentences: {answer}");
        // A link, and after it the words that are there.
        for place in more.split("](").skip(1) {
            let (link, words) = place.split_once(')').expect(title);
            let (path, anchor) = link.split_once('#').expect(title);
            let there = section(&read(&format!("docs/{path}")), anchor);
            let there = there.unwrap_or_else(|| panic!("{title}: {link} is no section"));
            let there = there.to_lowercase();
            let words = quoted(words);
            assert!(!words.is_empty(), "{title}: {link} has no words");
            for word in words {
                assert!(
                    there.contains(&word.to_lowercase()),
                    "{title}: {link} lacks {word}"
                );
            }
        }
    }
}

#[test]
fn each_error_has_its_section_with_a_command() {
    let chapter = read("docs/book/src/troubleshooting.md");
    for error_type in complete::error_types() {
        let section = section(&chapter, &slug(&error_type));
        let section = section.unwrap_or_else(|| panic!("{error_type} has no section"));
        assert!(section.contains("```sh "), "{error_type}: nothing to type");
    }
}

#[test]
fn chapters_are_listed_and_what_they_bring_is_there() {
    let summary = read("docs/book/src/SUMMARY.md");
    let mut brought = 0;
    for (name, text) in chapters() {
        let listed = name == "SUMMARY.md" || summary.contains(&format!("]({name})"));
        assert!(listed, "SUMMARY.md lacks {name}");
        for line in text.lines() {
            let Some(path) = line.strip_prefix("{{#section ") else {
                continue;
            };
            let path = path.strip_suffix("}}").expect(line);
            let (path, anchor) = path.split_once('#').unwrap_or((path, ""));
            let there = read(&format!("{SOURCE}/{path}"));
            let found = anchor.is_empty() || section(&there, anchor).is_some();
            assert!(found, "{name}: {path} has no section {anchor}");
            brought += 1;
        }
    }
    assert!(brought > 15, "{brought} sections");
}

/// The lines of shell that call the tool, from its name on.
fn commands(text: &str) -> Vec<&str> {
    let blocks = text.split("```sh\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("```").next().unwrap_or_default().lines());
    let called = lines.filter_map(|line| {
        let line = line.split(" #").next()?;
        let at = line.find("rotation ")?;
        let alone = at == 0 || line[..at].ends_with([' ', '\'', '/']);
        alone.then_some(&line[at..])
    });
    called.collect()
}

/// The tool knows each command that the book tells to type, and each of its options.
#[test]
fn the_tool_knows_each_command() {
    let mut helps = BTreeMap::new();
    let mut typed = 0;
    for (name, text) in chapters() {
        for command in commands(&text) {
            let end = command.find([';', '|', '>']).unwrap_or(command.len());
            let mut words = command[..end].split_whitespace().skip(1);
            let subcommand = words.next().expect(command);
            // The stack is called like the tool.
            if subcommand.contains('=') {
                continue;
            }
            let help = helps.entry(subcommand.to_owned()).or_insert_with(|| {
                let mut asked = Command::new(tool());
                let said = asked
                    .args([subcommand, "--help"])
                    .output()
                    .expect("the tool");
                assert!(said.status.success(), "{name}: {command}: no such command");
                String::from_utf8(said.stdout).expect("a text")
            });
            for option in words.filter(|word| word.starts_with("--")) {
                assert!(help.contains(option), "{name}: {command}: no {option}");
            }
            typed += 1;
        }
    }
    assert!(typed > 30, "{typed} commands");
}

#[test]
fn sections_and_commands_are_found() {
    let text = "# A\n## B `c`\none\n```sh\n# no heading\nX=1 rotation rotate S --local # so\n```\n### D\ntwo\n## E\n";
    let found = section(text, "b-c").expect("a section");
    assert!(found.contains("one") && found.contains("two"), "{found}");
    assert_eq!(section(text, "no-heading"), None);
    assert_eq!(commands(text), ["rotation rotate S --local"]);
}
