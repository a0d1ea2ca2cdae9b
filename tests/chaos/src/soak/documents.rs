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
         them ask for AWSCURRENT before each login. The others keep it, and ask again after a refused login. The function runs under \
         AWS's Lambda emulator. Secrets Manager is the local one of [tests/kit](../tests/kit/README.md).\n\n\
         {block}\n\
         ![Times for which clients were refused AWSCURRENT, by strategy](soak.svg)\n\n{REFUSED}\n{}\n{BESIDE}",
        beside(all)
    )
}

const REFUSED: &str = "\
- **AWSCURRENT refused**: refused logins with a value that was AWSCURRENT from the beginning of the login to its end. One password that
  is replaced in place has a refusal window. The window begins with the change on the target. It ends when AWSCURRENT moves, two calls
  of the function later.
- **wrongly**: refused logins of this kind that nothing explains. The target has two credentials, or no rotation was under way.
- **for how long**: the time from a client's first refusal to its next login. In that time, the client tries again every 25 ms.
";

const BESIDE: &str = "\
- **no answer**: the server gave no answer within 5 s.
- **refused again**: a client asked for AWSCURRENT after a refusal, and was refused once more.
- **older value refused**: a client kept a value for longer than the value lived. The client asked for AWSCURRENT, and went on. Here
  rotations follow each other within a second. Real rotations are hours apart.
";
