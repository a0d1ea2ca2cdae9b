//! The figures of scripts/soak, scripts/chaos and scripts/bench: README.md has what docs/ has, as it was written.

use rotation_tests::setting::workspace;

fn block(file: &str, name: &str) -> String {
    let text = std::fs::read_to_string(workspace().join(file)).expect(file);
    let (begin, end) = (
        format!("<!-- BEGIN {name},"),
        format!("<!-- END {name} -->"),
    );
    let block = text.split_once(&begin);
    let block = block.and_then(|(_, rest)| rest.split_once(&end));
    let (block, _) = block.unwrap_or_else(|| panic!("{file} lacks the lines BEGIN and END {name}"));
    block.to_owned()
}

#[test]
fn the_blocks_are_the_same() {
    for name in ["chaos", "soak", "performance"] {
        let readme = block("README.md", name);
        assert!(readme.lines().count() > 3, "no figures: {readme}");
        assert_eq!(readme, block(&format!("docs/{name}.md"), name));
    }
}

#[test]
fn the_picture_has_the_strategies_of_the_table() {
    let svg = std::fs::read_to_string(workspace().join("docs/soak.svg")).expect("docs/soak.svg");
    let table = block("README.md", "soak");
    let rows = table
        .lines()
        .filter_map(|row| row.split('|').nth(1))
        .skip(2);
    for row in rows {
        for words in row.trim().split(", ") {
            assert!(
                svg.contains(&format!(">{words}</text>")),
                "the picture lacks {words}"
            );
        }
    }
}
