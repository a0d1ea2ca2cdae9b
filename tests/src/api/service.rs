//! What the service keeps, and what it answers.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Api, Mishap, Reply, Request};

/// What a session begins with.
const SESSION: &str = "session-of-";

/// A credential.
#[derive(Clone, Debug)]
pub struct Token {
    /// What it is called by.
    pub id: String,
    /// The credential itself.
    pub value: String,
    /// What its maker called it.
    pub name: String,
    /// When it was made, as the list says.
    created: String,
    /// How often it is refused before it works.
    refused: usize,
}

#[derive(Default)]
pub(super) struct State {
    users: BTreeMap<String, Vec<Token>>,
    made: usize,
    pub(super) limit: Option<usize>,
    pub(super) lies: bool,
    pub(super) hesitates: usize,
    pub(super) padding: usize,
    pub(super) today: Option<&'static str>,
    pub(super) mishaps: Vec<Mishap>,
    pub(super) lost: Option<(usize, bool)>,
    pub(super) held: Option<(usize, bool)>,
    pub(super) holds: bool,
    pub(super) asked: Vec<String>,
}

impl State {
    pub(super) fn user(&mut self, name: &str) -> Token {
        let token = self.token("by hand");
        self.users.insert(name.to_owned(), vec![token.clone()]);
        token
    }

    pub(super) fn another(&mut self, user: &str) {
        let token = self.token("by hand");
        self.users.entry(user.to_owned()).or_default().push(token);
    }

    pub(super) fn tokens(&self, user: &str) -> &[Token] {
        self.users.get(user).map_or(&[], Vec::as_slice)
    }

    pub(super) fn accepts(&self, user: &str, value: &str) -> bool {
        self.tokens(user).iter().any(|token| token.value == value)
    }

    pub(super) fn answer(&mut self, request: &Request) -> Reply {
        let asked = format!("{} {}", request.method, request.path);
        self.asked.push(asked.clone());
        if let Some(done) = due(&mut self.lost) {
            let _ = done.then(|| self.deed(request));
            return Reply::HangUp;
        }
        if let Some(done) = due(&mut self.held) {
            let _ = done.then(|| self.deed(request));
            self.holds = true;
            return Reply::Silence;
        }
        let mishap = self
            .mishaps
            .iter()
            .position(|mishap| asked.starts_with(mishap.at));
        let Some(mishap) = mishap.map(|n| self.mishaps.remove(n)) else {
            return self.deed(request);
        };
        if mishap.done {
            let _ = self.deed(request);
        }
        mishap.says
    }

    fn deed(&mut self, request: &Request) -> Reply {
        let path: Vec<&str> = request.path.trim_matches('/').split('/').collect();
        let by = request
            .headers
            .get("authorization")
            .map_or("", String::as_str);
        let by = by.strip_prefix("Bearer ").unwrap_or(by);
        let by = by.strip_prefix(SESSION).unwrap_or(by);
        match (request.method.as_str(), &path[..]) {
            (_, ["busy", ..]) => said(503, "later"),
            ("POST", ["session"]) => self.log_in(&request.body),
            ("GET", ["me"]) => self.me(by),
            ("POST", ["me", "rotation"]) => self.rotate_own(by),
            _ if by != Api::ADMIN => said(401, "who are you?"),
            ("GET", ["users", user, "tokens"]) => self.list(user, &request.query),
            ("POST", ["users", user, "tokens"]) => self.create(user, &request.body),
            ("DELETE", ["users", user, "tokens", id]) => self.delete(user, id),
            ("GET", ["tokens"]) => self.list_all(),
            ("DELETE", ["tokens", id]) => self.delete_any(id),
            ("PUT", ["users", user, "token"]) => self.replace(user, &request.body),
            _ => said(404, "no such thing"),
        }
    }

    /// A session is as good as the token that it is of.
    fn log_in(&self, form: &str) -> Reply {
        let token = form.strip_prefix("token=").unwrap_or_default();
        let mut known = self.users.values().flatten();
        if token == Api::ADMIN || known.any(|known| known.value == token) {
            return Reply::Json(
                200,
                json!({"session": format!("{SESSION}{token}")}).to_string(),
            );
        }
        said(401, "no such token")
    }

    fn me(&mut self, by: &str) -> Reply {
        if by == Api::ADMIN {
            return Reply::Json(200, json!({"user": "admin", "id": "t0"}).to_string());
        }
        let mut tokens = self
            .users
            .iter_mut()
            .flat_map(|(user, tokens)| tokens.iter_mut().map(move |token| (user, token)));
        match tokens.find(|(_, token)| token.value == by) {
            Some((user, token)) if token.refused == 0 => {
                let me = json!({"user": user, "id": token.id, "name": token.name});
                Reply::Json(200, me.to_string())
            }
            Some((_, token)) => {
                token.refused -= 1;
                said(401, "not yet")
            }
            None => said(401, "nobody"),
        }
    }

    /// Two on a page.
    fn list(&self, user: &str, query: &str) -> Reply {
        let page: usize = query
            .strip_prefix("page=")
            .and_then(|n| n.parse().ok())
            .unwrap_or(0);
        let Some(tokens) = self.users.get(user) else {
            return said(404, "no such user");
        };
        let shown = |token: &Token| json!({"id": token.id, "name": token.name, "created": token.created, "policies": "x".repeat(self.padding)});
        let entries: Vec<Value> = tokens.iter().skip(page * 2).take(2).map(shown).collect();
        let mut answer = json!({"tokens": entries});
        if tokens.len() > page * 2 + 2 {
            answer["next"] = (page + 1).into();
        }
        Reply::Json(200, answer.to_string())
    }

    fn list_all(&self) -> Reply {
        let tokens = self.users.values().flatten();
        let shown = |token: &Token| json!({"id": token.id, "created": token.created});
        let entries: Vec<Value> = tokens.map(shown).collect();
        Reply::Json(200, json!({"tokens": entries}).to_string())
    }

    fn delete_any(&mut self, id: &str) -> Reply {
        let tokens = self.users.values_mut();
        tokens.for_each(|tokens| tokens.retain(|token| token.id != id));
        said(200, "done")
    }

    fn create(&mut self, user: &str, body: &str) -> Reply {
        let wanted: Value = serde_json::from_str(body).unwrap_or_default();
        let Some(name) = wanted["name"].as_str() else {
            return said(422, "a name is needed");
        };
        let (mut token, limit) = (self.token(name), self.limit);
        token.refused = self.hesitates;
        let Some(tokens) = self.users.get_mut(user) else {
            return said(404, "no such user");
        };
        if limit.is_some_and(|limit| tokens.len() >= limit) {
            return said(409, "too many tokens");
        }
        tokens.push(token.clone());
        shown(201, &token)
    }

    fn delete(&mut self, user: &str, id: &str) -> Reply {
        let lies = self.lies;
        let Some(tokens) = self.users.get_mut(user) else {
            return said(404, "no such user");
        };
        if !tokens.iter().any(|token| token.id == id) {
            return said(404, "no such token");
        }
        if !lies {
            tokens.retain(|token| token.id != id);
        }
        said(200, "done")
    }

    /// With the value that is given, or with one of its own.
    fn replace(&mut self, user: &str, body: &str) -> Reply {
        let given: Value = serde_json::from_str(body).unwrap_or_default();
        let mut token = self.token("");
        if let Some(value) = given["value"].as_str() {
            value.clone_into(&mut token.value);
        }
        match self.users.get_mut(user) {
            None => said(404, "no such user"),
            Some(tokens) => {
                *tokens = vec![token.clone()];
                shown(200, &token)
            }
        }
    }

    fn rotate_own(&mut self, by: &str) -> Reply {
        let token = self.token("");
        let mut all = self.users.values_mut().flatten();
        match all.find(|token| token.value == by) {
            None => said(401, "nobody"),
            Some(old) => {
                *old = token.clone();
                shown(200, &token)
            }
        }
    }

    fn token(&mut self, name: &str) -> Token {
        self.made += 1;
        Token {
            id: format!("t{}", self.made),
            value: format!("value-{}-{}", self.made, uuid::Uuid::new_v4().simple()),
            name: name.to_owned(),
            created: self.today.unwrap_or("2026-01-01T00:00:00Z").to_owned(),
            refused: 0,
        }
    }
}

/// Counts down; what was asked for, when its turn has come.
fn due(counter: &mut Option<(usize, bool)>) -> Option<bool> {
    let (left, done) = counter.take()?;
    if left == 0 {
        return Some(done);
    }
    *counter = Some((left - 1, done));
    None
}

fn said(status: u16, text: &str) -> Reply {
    Reply::Json(status, json!({"message": text}).to_string())
}

fn shown(status: u16, token: &Token) -> Reply {
    let body = json!({"id": token.id, "secret": token.value, "name": token.name});
    Reply::Json(status, body.to_string())
}
