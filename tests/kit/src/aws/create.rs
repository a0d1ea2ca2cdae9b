//! How a test, or a person, puts a secret there.

use super::LocalAws;
use super::refusal::Refusal;
use super::secret::Value;

impl LocalAws {
    /// A secret whose AWSCURRENT has this value; returns its ARN.
    ///
    /// # Panics
    /// If another one has the name, or Secrets Manager would not take it or the value.
    pub fn create(&self, name: &str, value: &str) -> String {
        let created = self.add(name, value, &[]);
        created.unwrap_or_else(|refusal| panic!("{name}: {refusal}"))
    }

    /// The same, with tags: pairs of a key and a value.
    ///
    /// # Errors
    /// If another secret has the name, or Secrets Manager would not take it or the value: in its words.
    pub fn add(
        &self,
        name: &str,
        value: &str,
        tags: &[(String, String)],
    ) -> Result<String, String> {
        let mut vault = self.service.vault();
        if vault.named(name).is_some() {
            return Err("another secret has this name".into());
        }
        let refused = |refusal: Refusal| refusal.message;
        let arn = vault.create(name, tags.to_vec()).map_err(refused)?;
        let secret = vault.change(&arn).map_err(refused)?;
        let id = uuid::Uuid::new_v4().to_string();
        let value = Value::Text(value.to_owned());
        secret.put(&id, value, None).map_err(refused)?;
        Ok(arn)
    }
}
