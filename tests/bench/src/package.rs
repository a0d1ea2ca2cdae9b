//! How large a function is that is uploaded.

use std::path::{Path, PathBuf};
use std::process::Command;

use rotation_tests::setting::{binary, workspace};

use crate::contender::Templates;

/// What the managed runtime has, and what a template that pins it would bring.
const BOTO3: [&str; 9] = [
    "boto3",
    "botocore",
    "s3transfer",
    "jmespath",
    "dateutil",
    "urllib3",
    "six.py",
    "boto3-*.dist-info",
    "botocore-*.dist-info",
];

/// Of a rotator's zip, in bytes, made as `scripts/build` makes it: of the program for this machine.
///
/// # Errors
/// That there is no zip, in words.
pub fn of_rotator(rotator: &str) -> Result<u64, String> {
    let program = binary(&format!("rotator-{rotator}"));
    zipped(&[program], "-j", &[])
}

/// Of a template's zip with the database's client, in bytes; and of one that has boto3 too.
///
/// # Errors
/// That there is no zip, in words.
pub fn of_template(templates: &Templates, template: &str) -> Result<(u64, u64), String> {
    let mut parts = vec![templates.folder(template).join("lambda_function.py")];
    let packages = packages(&templates.python());
    parts.extend(match template.contains("PostgreSQL") {
        true => pygresql(),
        false => vec![packages.join("pymysql")],
    });
    let alone = zipped(&parts, "-r", &COMPILED)?;
    parts.extend(BOTO3.iter().flat_map(|name| fitting(&packages, name)));
    Ok((alone, zipped(&parts, "-r", &COMPILED)?))
}

/// Its module, and the library below it.
fn pygresql() -> Vec<PathBuf> {
    let folder = workspace().join(".tools/pygresql/root/usr/lib/python3/dist-packages");
    let mut parts: Vec<PathBuf> = ["pgdb.py", "pg.py", "_pg.*.so"]
        .iter()
        .flat_map(|name| fitting(&folder, name))
        .collect();
    let libraries = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"];
    let library = libraries.map(|folder| Path::new(folder).join("libpq.so.5"));
    parts.extend(library.into_iter().filter(|file| file.exists()));
    parts
}

fn packages(python: &str) -> PathBuf {
    const WHERE: &str = "import sysconfig; print(sysconfig.get_path('purelib'))";
    let said = Command::new(python).args(["-c", WHERE]).output();
    let said = said.expect("the Python of scripts/install peer").stdout;
    PathBuf::from(String::from_utf8_lossy(&said).trim())
}

/// Those in the folder whose name is this; a star stands for anything.
fn fitting(folder: &Path, name: &str) -> Vec<PathBuf> {
    let (begin, end) = name.split_once('*').unwrap_or((name, ""));
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let fits = files.filter(|file| {
        let file = file.file_name();
        let file = file.to_string_lossy();
        file == *name || (name.contains('*') && file.starts_with(begin) && file.ends_with(end))
    });
    fits.map(|file| file.path()).collect()
}

/// What Python has compiled is left out.
const COMPILED: [&str; 2] = ["-x", "*/__pycache__/*"];

/// How large a zip of these is.
fn zipped(parts: &[PathBuf], how: &str, without: &[&str]) -> Result<u64, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let zip = folder.path().join("function.zip");
    let done = Command::new("zip")
        .args(["-q", "-X", "-9", how])
        .arg(&zip)
        .args(parts)
        .args(without)
        .output();
    let done = done.map_err(|error| format!("zip: {error}"))?;
    match std::fs::metadata(&zip) {
        Ok(told) if done.status.success() => Ok(told.len()),
        _ => Err(format!("zip: {}", String::from_utf8_lossy(&done.stdout))),
    }
}
