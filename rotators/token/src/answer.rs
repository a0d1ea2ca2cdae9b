//! What an answer says: its status in words, its content by JSON pointers.

use std::time::{Duration, SystemTime};

use hyper::header::{DATE, HeaderName, LINK, LOCATION, RETRY_AFTER};
use rotation::secret::{printable, scrub};
use rotation::{HookError, Secret};
use roxmltree::{Document, Node};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use url::Url;

use crate::http::Answer;
use crate::link;
use crate::profile::Answers;

/// AWS's support, and CloudTrail, know a request by it.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

impl Answer {
    /// Any 2xx.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The content of a success.
    ///
    /// # Errors
    /// If it is not of that form; never with the content.
    pub(crate) fn content(&self, form: Answers) -> Result<Value, String> {
        let text = std::str::from_utf8(&self.body).map_err(|_| "the answer is no text")?;
        if text.trim().is_empty() {
            return Err("the answer is empty".into());
        }
        match form {
            Answers::Json => serde_json::from_str(text).map_err(|_| {
                let what = if text.trim_start().starts_with('<') {
                    ", but HTML or XML"
                } else {
                    ""
                };
                format!("the answer is not JSON{what}")
            }),
            Answers::Xml => {
                let document = Document::parse(text).map_err(|_| "the answer is not XML")?;
                let root = document.root_element();
                let content = element(root);
                Ok(Value::Object(Map::from_iter([(
                    root.tag_name().name().to_owned(),
                    content,
                )])))
            }
        }
    }

    /// How long the server wants to be left alone: in seconds, or until a date (RFC 9110, section 10.2.3). `None` if that is more
    /// than `most`: it may say centuries, to which nothing can be added.
    pub(crate) fn retry_after(&self, now: SystemTime, most: Duration) -> Option<Duration> {
        let said = self.header(RETRY_AFTER)?.trim();
        let wait = if let Ok(seconds) = said.parse() {
            Duration::from_secs(seconds)
        } else {
            let date = SystemTime::from(OffsetDateTime::parse(said, &Rfc2822).ok()?);
            date.duration_since(now).unwrap_or_default()
        };
        Some(wait).filter(|wait| *wait <= most)
    }

    /// The next page by RFC 8288: `<https://…>; rel="next"`.
    pub(crate) fn next_link(&self) -> Option<&str> {
        let all = self.headers.get_all(LINK).into_iter();
        all.filter_map(|value| value.to_str().ok())
            .find_map(link::next)
    }

    /// Why it is no success, for an operator. `what` is the call, as the profile has it.
    pub(crate) fn refusal(&self, what: &str, url: &Url, secrets: &[Secret]) -> HookError {
        let (status, host) = (self.status, url.host_str().unwrap_or_default());
        let said = self.said(secrets);
        match status {
            300..400 => {
                let to = self.redirected_to(url);
                HookError::refused(format!(
                    "{what} at {host}: redirect to {to} refused. Correct the address"
                ))
            }
            401 | 403 => HookError::refused(format!(
                "{what} at {host}: the login for it is not accepted ({status}){said}"
            )),
            404 | 405 | 410 => HookError::refused(format!(
                "{what} at {host}: there is no such thing ({status}). Check the address and what the secret names{said}"
            )),
            429 => HookError::failed(format!(
                "{what} at {host}: too many requests (429). Try again later{said}"
            )),
            400..500 => HookError::refused(format!("{what} at {host}: refused ({status}){said}")),
            _ => HookError::failed(format!(
                "{what} at {host}: the service failed ({status}){said}"
            )),
        }
    }

    /// How far the service's clock is from `now`, if that is more than a minute, as a sentence goes on with it: a token may
    /// not be valid yet there.
    pub(crate) fn skew(&self, now: SystemTime) -> Option<String> {
        let theirs = OffsetDateTime::parse(self.header(DATE)?, &Rfc2822).ok()?;
        let seconds = (theirs - OffsetDateTime::from(now)).whole_seconds();
        let side = if seconds < 0 { "behind" } else { "ahead of" };
        let far = seconds.unsigned_abs();
        (far > 60).then(|| format!(". Its clock is {far} s {side} the function's clock"))
    }

    fn redirected_to(&self, url: &Url) -> String {
        let place = self.header(LOCATION).and_then(|place| url.join(place).ok());
        let host = place.as_ref().and_then(Url::host_str);
        printable(host.unwrap_or("nowhere"), 100)
    }

    /// The beginning of an error's body, without `secrets`, and AWS's id of the request. The engine takes out what else it knows to
    /// be secret.
    fn said(&self, secrets: &[Secret]) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let text = text.trim();
        let shown = if text.is_empty() || text.starts_with('<') {
            String::new()
        } else {
            format!(": {}", printable(&scrub(text, secrets), 200))
        };
        let id = self.header(REQUEST_ID);
        let id = id.map_or_else(String::new, |id| {
            format!(", request id {}", printable(id, 80))
        });
        format!("{shown}{id}")
    }

    fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// The text or number at `pointer`.
pub(crate) fn text_at(content: &Value, pointer: &str) -> Option<Secret> {
    match content.pointer(pointer)? {
        Value::String(text) if !text.is_empty() => Some(Secret::new(text)),
        Value::Number(number) => Some(Secret::new(number.to_string())),
        _ => None,
    }
}

/// An element as JSON has it: a text, or its children by their names, those of one name in an array. Depth is bounded
/// by the answer's size, and by the parser.
fn element(node: Node<'_, '_>) -> Value {
    let mut members = Map::new();
    for child in node.children().filter(Node::is_element) {
        let (name, value) = (child.tag_name().name(), element(child));
        match members.get_mut(name) {
            None => {
                members.insert(name.to_owned(), value);
            }
            Some(Value::Array(items)) => items.push(value),
            Some(first) => {
                let items = vec![first.take(), value];
                *first = Value::Array(items);
            }
        }
    }
    if members.is_empty() {
        return node.text().unwrap_or_default().into();
    }
    Value::Object(members)
}

#[cfg(test)]
impl Answer {
    /// Without headers.
    pub(crate) fn of(status: u16, body: &str) -> Self {
        Self {
            status,
            headers: hyper::HeaderMap::new(),
            body: body.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Answer {
        Answer::of(200, body)
    }

    #[test]
    fn xml_reads_as_json() {
        let xml = "<R xmlns='x'><K><Id>a</Id></K><K><Id>b</Id></K><One><m><Id>c</Id></m></One></R>";
        let content = answer(xml).content(Answers::Xml).expect("XML");
        for (pointer, expected) in [("/R/K/0/Id", "a"), ("/R/K/1/Id", "b"), ("/R/One/m/Id", "c")] {
            assert_eq!(
                content.pointer(pointer),
                Some(&expected.into()),
                "{pointer}"
            );
        }
    }

    #[test]
    fn what_is_no_answer_is_told_without_its_content() {
        for (body, words) in [
            ("", "is empty"),
            ("<html>hunter2</html>", "not JSON, but HTML"),
            ("hunter2", "not JSON"),
            ("{\"token\": \"hunter2\"", "not JSON"),
        ] {
            let error = answer(body).content(Answers::Json).expect_err(body);
            assert!(
                error.contains(words) && !error.contains("hunter2"),
                "{error}"
            );
        }
    }

    #[test]
    fn clocks_that_differ() {
        let mut answer = answer("");
        let date = "Sun, 06 Nov 1994 08:49:37 GMT".parse().expect("a header");
        answer.headers.insert(DATE, date);
        let theirs = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(answer.skew(theirs), None);
        let behind = answer.skew(theirs + Duration::from_secs(90));
        assert_eq!(
            behind.as_deref(),
            Some(". Its clock is 90 s behind the function's clock")
        );
    }

    #[test]
    fn a_refusal_has_awss_id_of_the_request() {
        let url = "https://iam.amazonaws.com".parse().expect("a URL");
        for (status, body) in [(403, "<ErrorResponse/>"), (429, ""), (500, "{}")] {
            let mut answer = Answer::of(status, body);
            let told = |answer: &Answer| answer.refusal("a call", &url, &[]).text().to_owned();
            assert!(!told(&answer).contains("request id"), "{status}");
            let id = "7a4f-1".parse().expect("a header");
            answer.headers.insert(REQUEST_ID, id);
            assert!(told(&answer).ends_with(", request id 7a4f-1"), "{status}");
        }
    }

    #[test]
    fn when_to_come_again() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        for (said, seconds) in [
            ("7", Some(7)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10)),
            ("Sun, 06 Nov 1994 08:49:07 GMT", Some(0)),
            ("soon", None),
            ("61", None),
            ("18446744073709551615", None),
            ("Fri, 31 Dec 9999 23:59:59 GMT", None),
        ] {
            let mut answer = answer("");
            let value = said.parse().expect("a header");
            answer.headers.insert(RETRY_AFTER, value);
            let expected = seconds.map(Duration::from_secs);
            assert_eq!(
                answer.retry_after(now, Duration::from_secs(60)),
                expected,
                "{said}"
            );
        }
    }
}
