//! What is wrong with a profile, beyond its grammar: places that nothing fills, and flows that could lock out.

use crate::place::{New, Place};

use super::{ADMIN, Auth, By, Call, Flow, Pages, Profile, Sign};

/// A sentence, and a text of the profile near which it is to be found, in one of its sections if it can.
pub(super) struct Wrong {
    section: Option<&'static str>,
    near: String,
    pub(super) text: String,
}

impl Wrong {
    /// Where in the profile's text that is.
    pub(super) fn place(&self, text: &str) -> usize {
        let section = self.section.map(|section| format!("[{section}]"));
        let begin = section.and_then(|section| text.find(&section)).unwrap_or(0);
        // What may be missing is written with a question mark.
        let nears = [self.near.clone(), self.near.replace('}', "?}")];
        let within = nears.iter().find_map(|near| text[begin..].find(near));
        let anywhere = || text.find(&self.near);
        within.map(|at| begin + at).or_else(anywhere).unwrap_or(0)
    }
}

impl Profile {
    /// # Errors
    /// The first thing that is wrong.
    pub(super) fn check(&self) -> Result<(), Wrong> {
        for (section, by, call) in self.calls() {
            self.check_call(section, by, call)?;
        }
        for (section, place) in self.places_of_owners() {
            let at = |wrong| Wrong {
                section: Some(section),
                ..wrong
            };
            self.check_place(section, By::Token, place).map_err(at)?;
        }
        if !self.verdict.alive.is_empty() && !self.verdict.is.is_empty() {
            return Err(wrong(
                "alive =",
                "alive says that a credential works, and not whose it is: with is, leave it out"
                    .to_owned(),
            ));
        }
        if let Some(owner) = self.owner.as_ref().filter(|owner| owner.is.is_empty()) {
            return Err(wrong(
                &owner.to_string(),
                "the call of owner needs is = { … }: what must its answer say?".to_owned(),
            ));
        }
        self.check_keys()?;
        self.check_flow()
    }

    /// Where it says whose a credential is.
    fn places_of_owners(&self) -> impl Iterator<Item = (&'static str, &Place)> {
        let calls = self.calls();
        let shown = calls
            .flat_map(|(section, _, call)| call.is.places().map(move |place| (section, place)));
        let verdict = self.verdict.is.places().map(|place| ("verdict", place));
        let items = self.items.is.places().map(|place| ("items", place));
        verdict.chain(items).chain(shown)
    }

    /// Who makes a call, where it does not say so: the credential itself if it is to be tried, else the admin.
    pub(crate) fn by(&self, section: &str, call: &Call) -> By {
        call.by().unwrap_or(match section {
            "verify" => By::Token,
            _ => By::Admin,
        })
    }

    fn check_call(&self, section: &'static str, by: By, call: &Call) -> Result<(), Wrong> {
        let near = call.to_string();
        let at = |wrong: Wrong| Wrong {
            section: Some(section),
            ..wrong
        };
        let unread = !call.is.is_empty() && !matches!(section, "owner" | "copy");
        let own = match unread {
            true => Err("must not have is: what verify says is looked at in [verdict]".to_owned()),
            false => call.check(),
        };
        own.map_err(|text| at(wrong(&near, format!("the call of {section} {text}"))))?;
        let auth = self.auth.get(&by).filter(|_| section != "login");
        let shown = auth.map(Auth::places).unwrap_or_default();
        for place in call.places().into_iter().chain(shown) {
            self.check_place(section, by, place).map_err(at)?;
        }
        let secret = |place: &&Place| match place {
            Place::Admin(_) | Place::Login(_) | Place::New(New::Value) => true,
            Place::Secret(key) => *key == self.credential && !self.credential_in_url,
            _ => false,
        };
        call.url_places().find(secret).map_or(Ok(()), |place| {
            let way_out = match place {
                Place::Secret(_) => {
                    ". If the service knows no other way, say credential-in-url = true"
                }
                _ => "",
            };
            Err(at(wrong(
                &place.to_string(),
                format!("{place} must not be in a URL: servers log these{way_out}"),
            )))
        })
    }

    /// A place that nothing fills would be found at the worst moment.
    fn check_place(&self, section: &str, by: By, place: &Place) -> Result<(), Wrong> {
        let makes = matches!(section, "create" | "recover");
        let known = match place {
            Place::Secret(key) => self.has_key(key),
            Place::Admin(key) => by == By::Admin && self.admin.contains_key(key),
            Place::Old(_) => makes && self.copy.is_some(),
            Place::Login(_) => {
                let auth = self.auth.get(&by);
                section != "login" && auth.is_some_and(|auth| auth.login.is_some())
            }
            Place::Aws(_) => true,
            Place::New(New::Name) => makes,
            Place::New(New::Scope) => makes && self.scope.is_some(),
            Place::New(New::Value) => makes && self.flow == Flow::PutValue,
            Place::New(_) => makes && self.life.is_some(),
        };
        if known {
            return Ok(());
        }
        let advice = match place {
            Place::Secret(_) | Place::Aws(_) => "name the key in [secret] or [defaults]",
            Place::Admin(_) if by != By::Admin => "the call is not the admin's (as = \"admin\")",
            Place::Admin(_) => "name the key in [admin]",
            Place::Old(_) => "it needs a section [copy], and stands in [create] or [recover]",
            Place::Login(_) => {
                "it needs a login in the [auth.…] of who makes the call, and does not stand in the login itself"
            }
            Place::New(New::Name) => "it stands in [create] or [recover]",
            Place::New(New::Scope) => {
                "it needs a scope = \"…\", and stands in [create] or [recover]"
            }
            Place::New(New::Value) => "it stands in [create] of the flow put-value",
            Place::New(_) => "it needs a life = \"…\", and stands in [create] or [recover]",
        };
        Err(wrong(
            &place.to_string(),
            format!("nothing fills {place} in [{section}]: {advice}"),
        ))
    }

    fn has_key(&self, key: &str) -> bool {
        let own = [Some(&self.credential), self.id.as_ref()];
        own.into_iter().flatten().any(|known| known == key)
            || self.secret.contains_key(key)
            || self.defaults.contains_key(key)
            || self.store.contains_key(key)
    }

    fn check_keys(&self) -> Result<(), Wrong> {
        let principal = self.principal.as_ref().filter(|key| !self.has_key(key));
        if let Some(key) = principal {
            return Err(wrong(
                "principal =",
                format!("principal = \"{key}\" names a key that is not in [secret]"),
            ));
        }
        let reserved = [ADMIN, "profile"];
        let taken = self
            .store
            .keys()
            .find(|key| reserved.contains(&key.as_str()) || self.secret.contains_key(*key));
        if let Some(key) = taken {
            return Err(Wrong {
                section: Some("store"),
                near: key.clone(),
                text: format!(
                    "[store] must not write the key {key}: it says where and whose the credential is"
                ),
            });
        }
        let all = self.pointers().into_iter();
        let mut odd = all.filter(|(_, p)| !p.is_empty() && !p.starts_with('/'));
        odd.next().map_or(Ok(()), |(section, pointer)| {
            Err(Wrong {
                section: Some(section),
                near: pointer.clone(),
                text: format!("{pointer} must be a JSON pointer: it begins with a slash"),
            })
        })
    }

    /// All JSON pointers but those of places, each with its section.
    fn pointers(&self) -> Vec<(&'static str, &String)> {
        let items = [&self.items.at, &self.items.id].into_iter();
        let items = items.chain(&self.items.name).chain(&self.items.created);
        let items = items.chain(self.items.is.pointers());
        let pages = self.pages.iter().filter_map(Pages::cursor);
        let (store, only) = (self.store.values(), self.verdict.only.keys());
        let signs = self.verdict.alive.iter().chain(&self.verdict.dead);
        let signs = signs.chain(&self.gone).filter_map(Sign::pointer);
        let only = only.chain(self.verdict.is.pointers()).chain(signs);
        let shown = self.calls();
        let shown =
            shown.flat_map(|(section, _, call)| call.is.pointers().map(move |at| (section, at)));
        (store.map(|pointer| ("store", pointer)))
            .chain(only.map(|pointer| ("verdict", pointer)))
            .chain(shown)
            .chain(items.map(|pointer| ("items", pointer)))
            .chain(pages.map(|pointer| ("pages", pointer)))
            .collect()
    }

    /// Row 59 of what must be refused: a service that ends the old credential at once, and nobody who could make
    /// another if the answer with the new one is lost.
    fn check_flow(&self) -> Result<(), Wrong> {
        let maker = self.by("create", &self.create);
        let stored = self.store.contains_key(&self.credential);
        let problem = match self.flow {
            Flow::PutValue if !self.create.places().contains(&&Place::New(New::Value)) => {
                "the flow put-value must send {new.value} in [create]"
            }
            Flow::PutValue if maker != By::Admin => {
                "the flow put-value must be the admin's: as = \"admin\" in [create]"
            }
            Flow::PutValue => return Ok(()),
            _ if !stored => "[store] must say where the answer has the credential",
            Flow::Create if self.revoke.is_empty() => {
                "the flow create needs [[revoke]]: without, old credentials would live for ever"
            }
            Flow::Create
                if self
                    .id
                    .as_ref()
                    .is_none_or(|id| !self.store.contains_key(id)) =>
            {
                "the flow create needs id = \"…\", and where the answer has it in [store]: without, nothing can be revoked"
            }
            Flow::Create if self.list.is_some() && self.items.id.is_empty() => {
                "[list] needs [items] with the id of an entry"
            }
            Flow::Create if !self.repeatable => {
                "the flow create must be repeatable: another try makes another credential"
            }
            Flow::RollInPlace if maker != By::Admin => {
                "this API invalidates the old token on rotation: an admin credential is required, as = \"admin\" in [create]"
            }
            Flow::RollInPlace if !self.repeatable => {
                "the flow roll-in-place must be repeatable. If it is not, the flow is self-rotate, with a [recover]"
            }
            Flow::SelfRotate
                if self
                    .recover
                    .as_ref()
                    .is_none_or(|call| self.by("recover", call) != By::Admin) =>
            {
                "this API invalidates the old token on rotation: an admin credential is required, in a section [recover] that makes another one"
            }
            _ => return Ok(()),
        };
        Err(wrong("flow =", problem.to_owned()))
    }
}

impl Auth {
    fn places(&self) -> Vec<&Place> {
        let aws = self.aws.iter();
        let aws = aws.flat_map(|aws| {
            [&aws.service, &aws.region]
                .into_iter()
                .chain(aws.key.iter().flatten())
        });
        let basic = self.basic.iter().flatten();
        let all = self.headers.values().chain(basic).chain(aws);
        all.flat_map(|template| template.places()).collect()
    }
}

fn wrong(near: &str, text: String) -> Wrong {
    Wrong {
        section: None,
        near: near.to_owned(),
        text,
    }
}
