//! The figures of scripts/soak: README.md has the table of docs/soak.md, as it was written.

use rotation_tests::setting::workspace;

fn block(file: &str) -> String {
    let text = std::fs::read_to_string(workspace().join(file)).expect(file);
    let block = text.split_once("<!-- BEGIN soak,");
    let block = block.and_then(|(_, rest)| rest.split_once("<!-- END soak -->"));
    block
        .expect("the lines BEGIN soak and END soak")
        .0
        .to_owned()
}

#[test]
fn both_tables_are_the_same() {
    let readme = block("README.md");
    assert!(readme.lines().count() > 3, "no table: {readme}");
    assert_eq!(readme, block("docs/soak.md"));
}

#[test]
fn the_picture_has_the_strategies_of_the_table() {
    let svg = std::fs::read_to_string(workspace().join("docs/soak.svg")).expect("docs/soak.svg");
    let table = block("README.md");
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
