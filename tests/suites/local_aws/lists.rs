//! ListSecrets: pages, and filters that take what begins so.

use aws_sdk_secretsmanager::types::{Filter, FilterNameStringType};
use rotation_kit::aws::LocalAws;

/// The names that a filter for `name` finds, in the order of the pages, and the size of each page.
async fn found(aws: &LocalAws, name: &str) -> (Vec<String>, Vec<usize>) {
    let filter = Filter::builder().key(FilterNameStringType::Name);
    let request = aws.client().list_secrets();
    let request = request.filters(filter.values(name).build());
    let mut pages = request.into_paginator().send();
    let (mut names, mut sizes) = (Vec::new(), Vec::new());
    while let Some(page) = pages.next().await {
        let page = page.expect("a page");
        let secrets = page.secret_list();
        sizes.push(secrets.len());
        names.extend(secrets.iter().filter_map(|secret| secret.name.clone()));
    }
    (names, sizes)
}

#[tokio::test]
async fn pages_and_filters() {
    let aws = LocalAws::start().await;
    let all: Vec<String> = (0..101).map(|n| format!("app/{n}")).collect();
    for name in &all {
        aws.create(name, "{}");
    }
    aws.create("other", "{}");
    assert_eq!(found(&aws, "app/").await, (all, vec![100, 1]));
    let (names, _) = found(&aws, "app/10").await;
    assert_eq!(names, ["app/10", "app/100"]);
    assert_eq!(found(&aws, "nobody").await.0, Vec::<String>::new());
}
