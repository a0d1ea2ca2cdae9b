//! Whether one user may do all that another may: asked of the catalogs, by the user itself.

use rotation::HookError;

use crate::connection::{PostgresConnection, cell};

/// The question how many objects, in any database, the role `whose` owns or is named for in a grant, and the role `beside` is not. Both
/// are rows of pg_roles in the question around it.
pub(crate) fn objects(whose: &str, beside: &str) -> String {
    format!(
        "(SELECT count(*) FROM pg_shdepend d WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = {whose}.oid \
              AND d.deptype IN ('o', 'a') AND d.classid <> 'pg_auth_members'::regclass \
              AND NOT EXISTS (SELECT FROM pg_shdepend e \
                  WHERE e.refclassid = d.refclassid AND e.refobjid = {beside}.oid AND e.deptype IN ('o', d.deptype) \
                  AND (e.dbid, e.classid, e.objid, e.objsubid) = (d.dbid, d.classid, d.objid, d.objsubid)))"
    )
}

/// What `user` lacks of what `replaced` may do, in words; none, if nothing.
///
/// Both count as the role that their sessions start as: `ALTER ROLE … SET role` may make it another one. What is asked: membership
/// in `replaced` with its rights, or else each right that `replaced` has by itself: its memberships, attributes, and the objects
/// that it owns or that name it in their grants, in any database. A user mapping is nobody else's: of these, this database's.
pub(crate) async fn lacking(
    connection: &PostgresConnection,
    user: &str,
    replaced: &str,
) -> Result<Option<String>, HookError> {
    let objects = objects("r", "u");
    let question = format!(
        "WITH login AS ( \
             SELECT l.rolname::text AS name, coalesce( \
                 (SELECT o.oid FROM pg_db_role_setting s CROSS JOIN LATERAL unnest(s.setconfig) AS c \
                  JOIN pg_roles o ON c = 'role=' || o.rolname \
                  LEFT JOIN pg_database d ON d.oid = s.setdatabase \
                  WHERE s.setrole = l.oid AND (s.setdatabase = 0 OR d.datname = current_database()) \
                  ORDER BY s.setdatabase DESC LIMIT 1), l.oid) AS starts \
             FROM pg_roles l WHERE l.rolname::text IN ($1, $2)) \
         SELECT \
         pg_has_role(u.oid, r.oid, 'USAGE'), \
         {objects}, \
         coalesce((SELECT string_agg(quote_ident(g.rolname), ', ') FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid \
              WHERE m.member = r.oid AND g.oid <> u.oid AND NOT pg_has_role(u.oid, g.oid, 'MEMBER')), ''), \
         concat_ws(', ', CASE WHEN r.rolcreatedb AND NOT u.rolcreatedb THEN 'CREATEDB' END, \
              CASE WHEN r.rolcreaterole AND NOT u.rolcreaterole THEN 'CREATEROLE' END, \
              CASE WHEN r.rolbypassrls AND NOT u.rolbypassrls THEN 'BYPASSRLS' END, \
              CASE WHEN r.rolsuper AND NOT u.rolsuper THEN 'SUPERUSER' END, \
              CASE WHEN r.rolreplication AND NOT u.rolreplication THEN 'REPLICATION' END), \
         coalesce((SELECT string_agg(quote_ident(m.srvname), ', ') FROM pg_user_mappings m WHERE m.usename = $2 \
              AND NOT EXISTS (SELECT FROM pg_user_mappings o WHERE o.srvid = m.srvid AND (o.umuser = 0 OR o.usename = $1))), '') \
         FROM pg_roles u, pg_roles r WHERE u.oid = (SELECT starts FROM login WHERE name = $1) \
             AND r.oid = (SELECT starts FROM login WHERE name = $2)"
    );
    let rows = connection.rows(&question, &[user, replaced]).await?;
    let Some(row) = rows.first() else {
        return Ok(Some(format!(
            "user {replaced}, whose place {user} takes, does not exist"
        )));
    };
    let (member, objects, roles): (bool, i64, String) =
        (cell(row, 0)?, cell(row, 1)?, cell(row, 2)?);
    let (attributes, mapped): (String, String) = (cell(row, 3)?, cell(row, 4)?);
    Ok(if !attributes.is_empty() {
        Some(format!(
            "user {user} lacks {attributes}, which {replaced} has: give it to {user}, or take it from {replaced}"
        ))
    } else if !mapped.is_empty() {
        Some(format!(
            "user {user} has no user mapping for the foreign servers {mapped}, as {replaced} has: CREATE USER MAPPING FOR {user}"
        ))
    } else if member {
        None
    } else if !roles.is_empty() {
        Some(format!(
            "user {user} is no member of {roles}, as {replaced} is"
        ))
    } else if objects > 0 {
        Some(format!(
            "user {user} has no rights on {objects} objects that {replaced} owns or was granted: name an owner_role in the secret, \
             or REASSIGN OWNED BY {replaced} TO {user} in each database, and repeat the grants for {user}"
        ))
    } else {
        None
    })
}
