//! What `scripts/soak --write` writes: the picture, a page with the tables and the machine, and README's copy of the first table.

use std::io;
use std::path::Path;

use crate::documents::Block;
use crate::machine::Machine;
use crate::soak::{Figures, beside, picture, table};

/// Writes docs/soak.svg, docs/soak.md, and what README.md has between its marks, below `root`.
///
/// # Errors
/// That a file cannot be read or written, or that README.md has lost its marks.
pub fn write(root: &Path, machine: &Machine, all: &[Figures]) -> io::Result<()> {
    let block = Block::new("soak", table(all));
    block.write(root, &page(&block, machine, all))?;
    std::fs::write(root.join("docs/soak.svg"), picture(all))
}

fn page(block: &Block, machine: &Machine, all: &[Figures]) -> String {
    let clients = all.first().map_or(0, |figures| figures.clients);
    format!(
        "# Rotations under load\n\n\
         By `scripts/soak --write`, on {machine}.\n\n\
         {clients} clients log in all the time, while Secrets Manager's RotateSecret rotates the credential again and again. Half of \
         them ask for AWSCURRENT before each login. The others keep it, and ask again when they are refused. The function runs under \
         AWS's Lambda emulator. Secrets Manager is the local one of [tests/kit](../tests/kit/README.md).\n\n\
         {block}\n\
         ![For how long clients were refused AWSCURRENT, by strategy](soak.svg)\n\n{REFUSED}\n{}\n{BESIDE}",
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
