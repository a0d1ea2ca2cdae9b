//! Figures in README.md and in docs/, written by the program that has measured them.

use std::fmt;
use std::io;
use std::path::Path;

/// What README.md and a page of docs/ have in common.
pub struct Block {
    /// Of the page `docs/NAME.md`.
    name: &'static str,
    /// Of the script that writes it.
    script: &'static str,
    content: String,
}

impl Block {
    /// Of `docs/NAME.md`, which `scripts/NAME` writes.
    pub fn new(name: &'static str, content: String) -> Self {
        Self {
            name,
            script: name,
            content,
        }
    }

    /// The same, by a script of another name.
    #[must_use]
    pub fn by(mut self, script: &'static str) -> Self {
        self.script = script;
        self
    }

    /// Writes `page` to docs/, below `root`, and this into README.md.
    ///
    /// # Errors
    /// That a file cannot be read or written, or that README.md has lost its marks.
    pub fn write(&self, root: &Path, page: &str) -> io::Result<()> {
        let readme = root.join("README.md");
        let text = self.put(&std::fs::read_to_string(&readme)?);
        let text = text.ok_or_else(|| {
            let name = self.name;
            io::Error::other(format!(
                "README.md has no lines BEGIN {name} and END {name}: put them back"
            ))
        })?;
        let docs = root.join("docs");
        std::fs::create_dir_all(&docs)?;
        std::fs::write(docs.join(format!("{}.md", self.name)), page)?;
        std::fs::write(readme, text)
    }

    /// The text, with this between its marks.
    fn put(&self, text: &str) -> Option<String> {
        let (begin, end) = self.marks();
        let (before, rest) = text.split_once(&begin)?;
        let (_, after) = rest.split_once(&end)?;
        Some(format!("{before}{self}{after}"))
    }

    fn marks(&self) -> (String, String) {
        let Self { name, script, .. } = self;
        (
            format!("<!-- BEGIN {name}, by scripts/{script} -->\n"),
            format!("<!-- END {name} -->\n"),
        )
    }
}

/// With its marks.
impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (begin, end) = self.marks();
        write!(f, "{begin}{}{end}", self.content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_documents_have_the_same_block() {
        let folder = tempfile::tempdir().expect("a folder");
        let readme = folder.path().join("README.md");
        let block = Block::new("storm", "new\n".to_owned());
        std::fs::write(&readme, "# A\n").expect("a file");
        let lost = block.write(folder.path(), "").expect_err("no marks");
        assert!(lost.to_string().contains("BEGIN storm"), "{lost}");
        let old = Block::new("storm", "old\n".to_owned());
        std::fs::write(&readme, format!("# A\n{old}b\n")).expect("a file");
        block
            .write(folder.path(), &format!("# P\n{block}"))
            .expect("files");
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect(name);
        assert_eq!(read("README.md"), format!("# A\n{block}b\n"));
        assert_eq!(read("docs/storm.md"), format!("# P\n{block}"));
    }
}
