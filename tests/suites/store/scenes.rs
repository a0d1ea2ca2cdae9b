//! Where the suite runs.

use rotation::aws::AwsStore;
use rotation::store::SecretStore;
use rotation::testing::{MemoryStore, TestClock, secret_id};
use rotation::version::{SecretId, VersionId};
use rotation_kit::aws::{LocalAws, client};
use rotation_tests::moto;

/// A Secrets Manager that can be given a new secret.
pub(crate) trait Scene {
    /// How it is asked.
    type Store: SecretStore;

    /// A secret whose AWSCURRENT has `value`.
    async fn secret(&self, value: &str) -> (Self::Store, SecretId);

    /// Announces a version under AWSPENDING, without a value.
    fn announce(&self, store: &Self::Store, secret: &SecretId, version: &VersionId);
}

pub(crate) struct Memory;

impl Scene for Memory {
    type Store = MemoryStore;

    async fn secret(&self, value: &str) -> (MemoryStore, SecretId) {
        (
            MemoryStore::new(TestClock::default(), &secret_id(), value),
            secret_id(),
        )
    }

    fn announce(&self, store: &MemoryStore, _: &SecretId, version: &VersionId) {
        store.begin(version);
    }
}

pub(crate) struct Local(LocalAws);

impl Local {
    pub(crate) async fn start() -> Self {
        Self(LocalAws::start().await)
    }
}

impl Scene for Local {
    type Store = AwsStore;

    async fn secret(&self, value: &str) -> (AwsStore, SecretId) {
        let arn = self.0.create(&uuid::Uuid::new_v4().to_string(), value);
        (
            AwsStore::new(self.0.client()),
            SecretId::parse(&arn).expect("an ARN"),
        )
    }

    fn announce(&self, _: &AwsStore, secret: &SecretId, version: &VersionId) {
        self.0
            .plant(secret.as_str(), version.as_str(), None, &["AWSPENDING"]);
    }
}

pub(crate) struct Moto(moto::Moto);

impl Moto {
    /// None where moto is not installed: then that was said.
    pub(crate) async fn start() -> Option<Self> {
        moto::Moto::start().await.map(Self)
    }
}

impl Scene for Moto {
    type Store = AwsStore;

    async fn secret(&self, value: &str) -> (AwsStore, SecretId) {
        let client = client(self.0.url());
        let name = uuid::Uuid::new_v4().to_string();
        let made = client
            .create_secret()
            .name(name)
            .secret_string(value)
            .send()
            .await;
        let arn = made.expect("CreateSecret").arn.expect("an ARN");
        (
            AwsStore::new(client),
            SecretId::parse(&arn).expect("an ARN"),
        )
    }

    fn announce(&self, _: &AwsStore, _: &SecretId, _: &VersionId) {
        unreachable!("moto fills what RotateSecret announces");
    }
}
