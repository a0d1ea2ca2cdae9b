//! The credentials that a service lists, over all pages.

use std::time::SystemTime;

use rotation::HookError;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::Url;

use crate::answer::text_at;
use crate::http::{Answer, LARGEST_LIST};
use crate::payload::TokenSecret;
use crate::profile::{Answers, Call, Items, Pages};
use crate::service::Service;
use crate::values::Values;

/// Nobody has more credentials than that for one account.
const MOST_PAGES: usize = 50;

/// One credential, as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) created: Option<SystemTime>,
}

impl Service<'_> {
    /// All of them; none, if the profile has no list.
    ///
    /// # Errors
    /// If a page cannot be read, or they do not end.
    pub(crate) async fn list(&self, secret: &TokenSecret) -> Result<Vec<Entry>, HookError> {
        let Some(list) = &self.profile.list else {
            return Ok(Vec::new());
        };
        let values = self.values(secret);
        let first = list.url(&values)?;
        let (mut entries, mut at, mut seen) = (Vec::new(), first.clone(), Vec::new());
        for page in 0..MOST_PAGES {
            seen.push(at.clone());
            let answer = self.page(list, values, &at).await?;
            let unreadable = |why| HookError::failed(format!("{list}: {why}"));
            let content = answer.content(self.profile.answers).map_err(unreadable)?;
            let items = &self.profile.items;
            let found = items.entries(&content, self.profile.answers, &values);
            let found = found.ok_or_else(|| {
                unreadable(format!(
                    "the answer has no list of entries with an id at {}",
                    items.at
                ))
            })?;
            let empty = found.is_empty();
            entries.extend(found.into_iter().flatten());
            match self.next(&answer, &content, &first, page, empty)? {
                None => return Ok(entries),
                Some(next) if seen.contains(&next) => {
                    return Err(unreadable(
                        "its pages lead back to one that was read".into(),
                    ));
                }
                Some(next) => at = next,
            }
        }
        Err(HookError::refused(format!(
            "{list}: more than {MOST_PAGES} pages. Take old credentials away by hand"
        )))
    }

    async fn page(&self, list: &Call, values: Values<'_>, at: &Url) -> Result<Answer, HookError> {
        let answer = self
            .call_at("list", list, values, Some(at), LARGEST_LIST)
            .await;
        let answer = answer.map_err(|failure| failure.of(list))?;
        if answer.is_success() {
            return Ok(answer);
        }
        Err(self.refusal(&answer, list, at))
    }

    fn next(
        &self,
        answer: &Answer,
        content: &Value,
        first: &Url,
        page: usize,
        empty: bool,
    ) -> Result<Option<Url>, HookError> {
        let with = |query: &str, value: &str| {
            let mut next = first.clone();
            let kept: Vec<(String, String)> = first
                .query_pairs()
                .filter(|(name, _)| name != query)
                .map(|(n, v)| (n.into_owned(), v.into_owned()))
                .collect();
            next.query_pairs_mut()
                .clear()
                .extend_pairs(kept)
                .append_pair(query, value);
            next
        };
        Ok(match &self.profile.pages {
            None if answer.next_link().is_some() => {
                return Err(HookError::refused(
                    "the list has more than one page, and the profile does not say how to read on: it needs pages = \"link\"",
                ));
            }
            None => None,
            Some(Pages::Link) => match answer
                .next_link()
                .map(|link| first.join(link))
                .transpose()?
            {
                Some(next) if next.origin() != first.origin() => {
                    return Err(HookError::refused(
                        "the list's next page is at another host. That host was not asked",
                    ));
                }
                next => next,
            },
            Some(Pages::Cursor { at, query }) => {
                text_at(content, at).map(|cursor| with(query, cursor.expose()))
            }
            Some(Pages::Number { .. }) if empty => None,
            Some(Pages::Number { query, first }) => {
                Some(with(query, &(first + page + 1).to_string()))
            }
        })
    }
}

impl Items {
    /// `None`, if there is no list there. In XML a single entry stands for itself, and none for none. In the place of somebody
    /// else's entry there is nothing.
    pub(crate) fn entries(
        &self,
        content: &Value,
        answers: Answers,
        values: &Values<'_>,
    ) -> Option<Vec<Option<Entry>>> {
        let xml = answers == Answers::Xml;
        let read = |item: &Value| {
            let entry = self.read(item)?;
            let ours = self.is.check(item, values, None).is_ok();
            Some(ours.then_some(entry))
        };
        match content.pointer(&self.at) {
            Some(Value::Array(found)) => found.iter().map(read).collect(),
            Some(one @ Value::Object(_)) if xml => read(one).map(|entry| vec![entry]),
            None if xml || content.as_object().is_some_and(Map::is_empty) => Some(Vec::new()),
            _ => None,
        }
    }

    fn read(&self, item: &Value) -> Option<Entry> {
        let text = |pointer: &str| Some(text_at(item, pointer)?.expose().to_owned());
        Some(Entry {
            id: text(&self.id)?,
            name: self.name.as_ref().and_then(|pointer| text(pointer)),
            created: self
                .created
                .as_ref()
                .and_then(|pointer| date(&text(pointer)?)),
        })
    }
}

fn date(text: &str) -> Option<SystemTime> {
    OffsetDateTime::parse(text, &Rfc3339)
        .ok()
        .map(SystemTime::from)
}
