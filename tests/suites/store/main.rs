//! One suite for every Secrets Manager that the engine meets: in memory, the local AWS over AWS's SDK, and moto, as far
//! as moto does what AWS documents.

mod checks;
mod scenes;

use scenes::{Local, Memory, Moto};

#[tokio::test]
async fn in_memory() {
    checks::agreed(&Memory).await;
    checks::documented(&Memory).await;
}

#[tokio::test]
async fn the_local_aws() {
    let local = Local::start().await;
    checks::agreed(&local).await;
    checks::several(&local).await;
    checks::documented(&local).await;
}

/// An opinion that is not ours.
#[tokio::test]
async fn moto() {
    if let Some(moto) = Moto::start().await {
        checks::agreed(&moto).await;
        checks::several(&moto).await;
    }
}
