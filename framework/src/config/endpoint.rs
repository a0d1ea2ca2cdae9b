//! The settings that are addresses.

use http::Uri;

use super::variables::Variables;
use crate::secret::printable;

/// AWS's templates read the first name. AWS's SDKs read the other two. All of them count here. If one were ignored, the
/// function would call the real service instead, and rotate a real secret.
pub(super) const SECRETS_MANAGER: [&str; 3] = [
    "SECRETS_MANAGER_ENDPOINT",
    "AWS_ENDPOINT_URL_SECRETS_MANAGER",
    "AWS_ENDPOINT_URL",
];
pub(super) const RDS: [&str; 2] = ["AWS_ENDPOINT_URL_RDS", "AWS_ENDPOINT_URL"];

/// The address of a service: the value of the first variable in `names` that is set.
pub(super) fn from_variables(vars: &mut Variables, names: &[&str]) -> Option<String> {
    let set = |name: &&str| Some(((*name).to_owned(), vars.get(name)?));
    let (name, url) = names.iter().find_map(set)?;
    vars.keep(check(&name, &url));
    Some(url)
}

/// Refuses an address to which no call may go. `name` is the setting that has it.
pub(crate) fn check(name: &str, url: &str) -> Result<(), String> {
    if safe(url) {
        return Ok(());
    }
    Err(format!(
        "{name}: the endpoint must be https, or http on loopback, without user and password, not \"{}\"",
        printable(&without_user(url), 80)
    ))
}

/// The hosts in a variable, which are separated by commas.
pub(super) fn hosts(vars: &mut Variables, name: &str) -> Vec<String> {
    let list = vars.get(name).unwrap_or_default();
    let hosts: Vec<String> = list
        .split(',')
        .map(|host| host.trim().to_ascii_lowercase())
        .filter(|host| !host.is_empty())
        .collect();
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
    if let Some(host) = hosts.iter().find(|host| !host.chars().all(plain)) {
        vars.problem(format!(
            "{name} must be host names separated by commas, without scheme or path. \"{}\" is no host name",
            printable(host, 80)
        ));
    }
    hosts
}

/// Replaces everything before the last `@`. A password that is not escaped may contain any other delimiter.
fn without_user(url: &str) -> String {
    match url.rsplit_once('@') {
        Some((_, host)) => format!("…@{host}"),
        None => url.to_owned(),
    }
}

fn safe(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else {
        return false;
    };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return false;
    };
    let host = authority.host().trim_matches(['[', ']']);
    if authority.as_str().contains('@') || host.is_empty() {
        return false;
    }
    match scheme {
        "https" => true,
        "http" => loopback(host),
        _ => false,
    }
}

fn loopback(host: &str) -> bool {
    let address = host.parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn http_is_for_loopback_alone() {
        for url in [
            "https://secretsmanager.eu-central-1.amazonaws.com",
            "http://127.0.0.1:4566/",
            "http://localhost:4566",
            "HTTP://[::1]:80",
        ] {
            assert!(safe(url), "{url}");
        }
        for url in [
            "http://127.0.0.1.example.com",
            "http://localhost@example.com",
            "http://10.0.0.1",
            "https://",
            "https://a b",
            "//localhost",
        ] {
            assert!(!safe(url), "{url}");
        }
    }
}
