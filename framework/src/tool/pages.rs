//! What others read of the command line: shells, and `man`.

use std::io;
use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

use super::arguments::{of, program};
use super::screen::{raw, say};
use super::{Failure, Tool};

/// Print the script with which a shell completes commands and arguments
///
/// It changes nothing, and calls no service. Write the text where your shell looks for such files.
///
/// Example, for bash:
///   rotation completions bash > ~/.local/share/bash-completion/completions/rotation
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

/// Write man pages into a folder: one for the program, and one for each command
///
/// It overwrites pages of the same names, and nothing else. The folder must exist.
///
/// Example:
///   rotation man ~/.local/share/man/man1 && man rotation-check
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub(super) struct Man {
    /// The folder
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

pub(super) fn completions(tool: &Tool, arguments: &Completions) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut of(tool), program(), &mut text);
    raw(&text).map_err(|error| Failure::Failed(format!("stdout takes nothing: {error}")))
}

pub(super) fn man(tool: &Tool, arguments: &Man) -> Result<(), Failure> {
    let folder = &arguments.folder;
    let failed = |error: io::Error| {
        Failure::Failed(format!("{} cannot be written: {error}", folder.display()))
    };
    clap_mangen::generate_to(of(tool), folder).map_err(failed)?;
    say(&format!("The pages are in {}.", folder.display()));
    Ok(())
}
