//! What `scripts/soak --write` writes: the picture, a page with the table and the machine, and README's copy of the table.

use std::io;
use std::path::Path;

use crate::soak::{Figures, Machine, beside, picture, table};

const BEGIN: &str = "<!-- BEGIN soak, by scripts/soak -->\n";
const END: &str = "<!-- END soak -->\n";

/// Writes docs/soak.svg, docs/soak.md, and what README.md has between its marks, below `root`.
///
/// # Errors
/// That a file cannot be read or written, or that README.md has lost its marks.
pub fn write(root: &Path, machine: &Machine, all: &[Figures]) -> io::Result<()> {
    let readme = root.join("README.md");
    let text = std::fs::read_to_string(&readme)?;
    let text = replaced(&text, &table(all)).ok_or_else(|| {
        io::Error::other("README.md has no lines BEGIN soak and END soak: put them back")
    })?;
    let docs = root.join("docs");
    std::fs::create_dir_all(&docs)?;
    std::fs::write(docs.join("soak.svg"), picture(all))?;
    std::fs::write(docs.join("soak.md"), page(machine, all))?;
    std::fs::write(readme, text)
}

/// The text with another block between its marks.
fn replaced(text: &str, block: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{block}{END}{after}"))
}

fn page(machine: &Machine, all: &[Figures]) -> String {
    let clients = all.first().map_or(0, |figures| figures.clients);
    let servers = machine.servers.join(", ");
    let Machine {
        cores,
        kernel,
        date,
        ..
    } = machine;
    format!(
        "# Rotations under load\n\n\
         By `scripts/soak --write`, on {date}: {cores} cores, {kernel}; {servers}.\n\n\
         {clients} clients log in all the time, while Secrets Manager's RotateSecret rotates the credential again and again. Half of \
         them ask for AWSCURRENT before each login; the others keep it, and ask again when they are refused. The function runs under \
         AWS's Lambda emulator; Secrets Manager is the local one of [tests/kit](../tests/kit/README.md).\n\n\
         {BEGIN}{}{END}\n\
         ![For how long clients were refused AWSCURRENT, by strategy](soak.svg)\n\n{REFUSED}\n{}\n{BESIDE}",
        table(all),
        beside(all)
    )
}

const REFUSED: &str = "\
- **AWSCURRENT refused**: logins with the value that was AWSCURRENT from their beginning to their end. One password that is
  replaced in place has a window: from the change on the target to the move of AWSCURRENT, which is two calls of the function later.
- **wrongly**: those of them that nothing explains. AWSCURRENT was refused although the target has two credentials, or although no
  rotation was under way.
- **for how long**: from a client's first refusal to its next login. A client tries again every 25 ms then.
";

const BESIDE: &str = "\
- **no answer**: the server said neither yes nor no within 5 s.
- **refused again**: a client had asked for AWSCURRENT after a refusal, and was refused once more.
- **older value refused**: a client had kept a value for longer than it lives. It asked for AWSCURRENT, and went on. Here rotations
  follow each other within a second. Between two real ones, there are hours.
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soak::figures::tests::figures;

    #[test]
    fn both_documents_have_the_same_block() {
        let folder = tempfile::tempdir().expect("a folder");
        let readme = folder.path().join("README.md");
        let machine = Machine::now();
        std::fs::write(&readme, "# A\n").expect("a file");
        let all = [figures("ssh", &[])];
        assert!(write(folder.path(), &machine, &all).is_err(), "no marks");
        std::fs::write(&readme, format!("# A\n{BEGIN}old\n{END}b\n")).expect("a file");
        write(folder.path(), &machine, &all).expect("files");
        let block = format!("{BEGIN}{}{END}", table(&all));
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect(name);
        assert_eq!(read("README.md"), format!("# A\n{block}b\n"));
        assert!(read("docs/soak.md").contains(&block));
        assert!(read("docs/soak.svg").starts_with("<svg"));
    }
}
