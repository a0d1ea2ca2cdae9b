//! What is wrong with a profile is said when it is loaded, with its line.

use crate::profile::Profile;

/// Without mistakes.
const SOUND: &str = r#"# A service.
flow = "create"
id = "token_id"
life = "90d"

[secret]
url = "the address"

[admin]
token = "the admin's"

[auth.admin.headers]
Authorization = "Bearer {admin.token}"

[auth.token.headers]
Authorization = "Bearer {token}"

[copy]
call = "GET {url}/tokens/{token_id}"

[create]
call = "POST {url}/tokens"
json = { name = "{new.name}", scopes = "{old:/scopes}", note = "{old:/note?}" }

[store]
token = "/token"
token_id = "/id"

[verify]
call = "GET {url}/me"

[verdict]
dead = [401]

[list]
call = "GET {url}/tokens"

[items]
at = "/tokens"
id = "/id"
name = "/name"

[[revoke]]
call = "DELETE {url}/tokens/{token_id}"
"#;

#[test]
fn a_sound_one_is_taken() {
    let parsed = Profile::parse("sound", SOUND);
    assert_eq!(parsed.map(|profile| profile.name), Ok("sound".to_owned()));
}

/// In each row what stands there, what is put there instead, what is said of that, and where, if not there.
const GRAMMAR: &str = r#"
life = | lfie = | unknown field `lfie`
flow = "create" | flow = "create"\nversion = 2 | version 2 of the profile language is unknown here, where 1 is read
call = "GET {url}/me" | call = "GET {url}/me"\nurl = "x" | unknown field `url`
"create" | "rotate" | unknown variant `rotate`
90d | 90 days | must be a number with s, m, h or d behind it
90d | 200000d | must be a number with s, m, h or d behind it
[401] | ["401"] | invalid type: string
[401] | 401 | invalid type: integer
[401] | [99999] | invalid value: integer
[401] | [{ status = 403, text = "x" }] | unknown field `text`
90d | 0d | must be an hour at least
90d | 30m | must be an hour at least
GET {url}/me | FETCH {url}/me | must be a method (GET, POST
"GET {url}/me" | "{url}/me" | must be a method (GET, POST
GET {url}/me | GET {url/me | must have both braces
{new.name} | {new.nme} | there are new.name
{old:/scopes} | {old:scopes} | begins with a slash
{old:/scopes} | {old:/a?}{old:/b} | its whole value
DELETE {url} | DELETE{url} | must be a method
"#;

const PLACES: &str = r#"
GET {url}/me | GET {url}/{user} | nothing fills {user} in [verify]: name the key
GET {url}/me | GET {url}/{new.name} | nothing fills {new.name} in [verify]
{new.name} | {new.value} | of the flow put-value
life = "90d" | # | it needs a life | {new.days}
[copy]\ncall = "GET {url}/tokens/{token_id}" | # | it needs a section [copy] | {old:/scopes}
{admin.token} | {admin.key} | name the key in [admin]
{admin.token} | {login:/access} | it needs a login
{token} | {admin.token}! | the call is not the admin's | {admin.token}
POST {url}/tokens | POST {url}/tokens?key={admin.token} | servers log these
GET {url}/me | GET {url}/me?token={token} | servers log these. If the service knows no other way
{new.name} | {new.scope} | it needs a scope
note = "{old:/note?}" | query = "SET {url}" | beside other text in the member query | POST {url}
GET {url}/me | GET http://example.com/me | must go to https://
GET {url}/me | GET {token}/me | must go to https://
"#;

const KEYS: &str = r#"
"/token" | "token" | must be a JSON pointer
"/tokens" | "tokens" | must be a JSON pointer
"/name" | "name" | must be a JSON pointer
dead = [401] | only = { status = "active" } | must be a JSON pointer
life = | pages = { cursor = { at = "next", query = "p" } }\nlife = | must be a JSON pointer | pages
life = | principal = "user"\nlife = | names a key that is not in [secret] | principal
"/token" | "/token"\nurl = "/url" | must not write the key url
dead = [401] | dead = [{ status = 401, at = "code" }] | must be a JSON pointer
dead = [401] | is = { "/user" = "{nobody}" } | nothing fills {nobody} in [verdict]
dead = [401] | is = { "/id" = "{token_id}" }\nalive = [403] | says that a credential works, and not whose it is
GET {url}/me" | GET {url}/me"\nis = { "/a" = "{url}" } | what verify says is looked at in [verdict] | GET {url}/me
[copy]\ncall = "GET {url}/tokens/{token_id}" | [copy]\ncall = "GET {url}/tokens/{token_id}"\n[owner]\ncall = "GET {url}/x" | needs is = { … }
"/token" | "/token"\nmasterarn = "/arn" | must not write the key masterarn
json = { | form = { name = "a" }\njson = { | must not have both json and form | POST {url}
"#;

/// These concern the flow, and are said there.
const FLOWS: &str = r#"
[[revoke]]\ncall = "DELETE {url}/tokens/{token_id}" | # | needs [[revoke]] | flow =
token = "/token" | # | must say where the answer has the credential | flow =
at = "/tokens"\nid = "/id" | # | needs [items] with the id | flow =
life = | repeatable = false\nlife = | must be repeatable | flow =
"create" | "self-rotate" | an admin credential is required
"create" | "put-value" | must send {new.value}
"create" | "roll-in-place"\nrepeatable = false | must be repeatable | flow =
"#;

#[test]
fn each_is_refused_with_its_line() {
    let sound = SOUND.replace("{new.name}", "{new.name}{new.days}");
    let rows = [GRAMMAR, PLACES, KEYS, FLOWS]
        .into_iter()
        .flat_map(str::lines);
    for row in rows.filter(|row| !row.is_empty()) {
        let row = row.replace("\\n", "\n");
        let columns: Vec<&str> = row.split(" | ").collect();
        let (was, is, words) = (columns[0], columns[1], columns[2]);
        assert!(sound.contains(was), "{row}");
        let text = sound.replacen(was, is, 1);
        let there = is.lines().next_back().unwrap_or_default();
        let place = text.find(columns.get(3).unwrap_or(&there));
        let line = text[..place.expect(&row)].matches('\n').count() + 1;
        let refused = Profile::parse("wrong", &text).err();
        let (at, problem) = refused.unwrap_or_else(|| panic!("taken: {row}"));
        assert!(problem.contains(words), "{row}: {problem}");
        assert_eq!(at, line, "{row}: {problem}");
    }
}

#[test]
fn whoever_ends_the_old_one_at_once_must_have_an_admin() {
    let by_itself = SOUND
        .replace("flow = \"create\"", "flow = \"roll-in-place\"")
        .replace("POST {url}/tokens\"", "POST {url}/tokens\"\nas = \"token\"");
    let refused = Profile::parse("wrong", &by_itself).err();
    let (line, problem) = refused.expect("in place, and by itself");
    assert_eq!(line, 2);
    assert!(
        problem.contains("an admin credential is required"),
        "{problem}"
    );
    let recovers = SOUND
        .replace(
            "flow = \"create\"",
            "flow = \"self-rotate\"\nrepeatable = false",
        )
        .replace(
            "[verify]",
            "[recover]\ncall = \"POST {url}/tokens\"\n\n[verify]",
        );
    let parsed = Profile::parse("sound", &recovers);
    assert!(parsed.is_ok(), "{:?}", parsed.err());
}
