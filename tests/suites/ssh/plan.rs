//! `rotation plan` for keys: no file is written.

use rotation_tests::person::{changes, plan};
use rotation_tests::ssh::Sshd;

use crate::lab::Lab;

#[tokio::test]
async fn no_file_is_written() {
    let hosts = vec![Sshd::start().await, Sshd::start().await];
    let lab = Lab::of(hosts, &[], |_| ()).await;
    for rotated in [false, true, true] {
        if rotated {
            lab.until("finishSecret").await;
        }
        let files = || lab.hosts.iter().map(Sshd::authorized_keys);
        let before: Vec<String> = files().collect();
        let planned = plan(&lab, &[]).await;
        assert_eq!(files().collect::<Vec<_>>(), before);
        let changed = changes(&planned, "setSecret", "target");
        assert_eq!(changed.len(), 2, "one line for each host: {planned}");
        assert!(changed[0].contains("authorized_keys"), "{planned}");
    }
}
