//! Relative links in Markdown lead to a file, and to a heading in it. scripts/release-check follows those of rustdoc's pages.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use rotation_tests::setting::workspace;

use crate::files::texts;

#[test]
fn relative_links() {
    let root = workspace().canonicalize().expect("a checkout");
    let mut followed = 0;
    for (file, text) in texts() {
        if file.extension().is_none_or(|kind| kind != "md") {
            continue;
        }
        for link in links(&text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = target(&root, &file, path);
            assert!(target.exists(), "{}: {link} is not there", file.display());
            if !anchor.is_empty() {
                let there = std::fs::read_to_string(&target).unwrap_or_default();
                let there = headings(&there);
                assert!(
                    there.contains(anchor),
                    "{}: {link} has no such heading: {there:?}",
                    file.display()
                );
            }
            followed += 1;
        }
    }
    assert!(followed > 50, "{followed} links");
}

fn target(root: &Path, file: &Path, path: &str) -> PathBuf {
    if path.is_empty() {
        return root.join(file);
    }
    root.join(file).parent().expect("a folder").join(path)
}

fn links(text: &str) -> Vec<String> {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES);
    let links = events.filter_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            Some(dest_url.into_string())
        }
        _ => None,
    });
    links.collect()
}

/// The anchor of a heading, as GitHub, rustdoc and mdBook name it.
pub(crate) fn slug(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().replace(' ', "-")
}

fn headings(text: &str) -> BTreeSet<String> {
    let (mut found, mut heading) = (BTreeSet::new(), None);
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match (event, &mut heading) {
            (Event::Start(Tag::Heading { .. }), _) => heading = Some(String::new()),
            (Event::Text(text) | Event::Code(text), Some(heading)) => heading.push_str(&text),
            (Event::End(TagEnd::Heading(_)), Some(whole)) => {
                found.insert(slug(whole));
                heading = None;
            }
            _ => {}
        }
    }
    found
}

#[test]
fn a_link_that_leads_nowhere_is_seen() {
    assert_eq!(links("a [b][c]\n\n[c]: d.md#e\n"), ["d.md#e"]);
    assert_eq!(
        headings("# On `x`: it's *done*"),
        BTreeSet::from(["on-x-its-done".to_owned()])
    );
}
