use super::check;

#[test]
fn what_the_page_shows_is_taken() {
    for (expression, duration) in [
        ("rate(4 hours)", "1h"),
        ("rate(4 hours)", "4h"),
        ("rate(1 day)", "24h"),
        ("rate(10 days)", "3h"),
        ("rate(999 days)", "24h"),
        ("cron(0 8 1 * ? *)", "16h"),
        ("cron(0 21 L * ? *)", "3h"),
        ("cron(0 4/12 * * ? *)", "8h"),
        ("cron(0 8/8 * * ? *)", "8h"),
        ("cron(0 2 ? * SUN#1 *)", "3h"),
        ("cron(0 2 ? JAN,APR,JUL,OCT 2-6 *)", "3h"),
        ("cron(0 2 1/10 1-6 ? *)", "22h"),
        ("cron(0 0 ? * L *)", "24h"),
        ("cron(0 0,12 * * ? *)", "12h"),
    ] {
        assert_eq!(check(expression, duration), Ok(()), "{expression}");
    }
}

#[test]
fn what_it_does_not_allow_is_refused() {
    for (expression, why) in [
        ("every 30 days", "neither rate"),
        ("30 days", "neither rate"),
        ("rate(30 days", "neither rate"),
        ("at(2026-01-01T00:00:00)", "neither rate"),
        ("rate(30)", "rate(30)"),
        ("rate(0 days)", "rate(0 days)"),
        ("rate(-1 days)", "rate(-1 days)"),
        ("rate(1 week)", "rate(1 week)"),
        ("rate(90 minutes)", "rate(90 minutes)"),
        ("rate(1  day)", "rate(1  day)"),
        ("rate(3 hours)", "more often"),
        ("rate(1000 days)", "less often"),
        ("cron(0 2 1 * ?)", "six fields"),
        ("cron(30 2 1 * ? *)", "minutes"),
        ("cron(* 2 1 * ? *)", "minutes"),
        ("cron(0 2 1 * ? 2026)", "year"),
        ("cron(0 24 1 * ? *)", "hours"),
        ("cron(0 L 1 * ? *)", "hours"),
        ("cron(0 0/3 * * ? *)", "more often"),
        ("cron(0 1,23 * * ? *)", "more often"),
        ("cron(0 * * * ? *)", "more often"),
        ("cron(0 2 32 * ? *)", "day of the month"),
        ("cron(0 2 3W * ? *)", "day of the month"),
        ("cron(0 2 0 * ? *)", "day of the month"),
        ("cron(0 2 1 13 ? *)", "month"),
        ("cron(0 2 1 JANUARY ? *)", "month"),
        ("cron(0 2 ? * SUN#6 *)", "day of the week"),
        ("cron(0 2 ? * 0 *)", "day of the week"),
        ("cron(0 2 ? * SON *)", "day of the week"),
        ("cron(0 2 ? * 6-2 *)", "day of the week"),
        ("cron(0 2 1 * SUN *)", "must be ?"),
        ("cron(0 2 * * * *)", "must be ?"),
        ("cron(0 2 ? * ? *)", "no day"),
    ] {
        let said = check(expression, "1h").expect_err(expression);
        assert!(said.contains(why), "{expression}: {said}");
    }
}

#[test]
fn a_window_ends_before_the_next_and_on_its_day() {
    for (expression, duration, why) in [
        ("rate(30 days)", "", "not 1h"),
        ("rate(30 days)", "3", "not 1h"),
        ("rate(30 days)", "0h", "not 1h"),
        ("rate(30 days)", "25h", "not 1h"),
        ("rate(30 days)", "3 h", "not 1h"),
        ("rate(30 days)", "180m", "not 1h"),
        ("rate(4 hours)", "5h", "next window"),
        ("cron(0 0/8 * * ? *)", "9h", "next window"),
        ("cron(0 22 1 * ? *)", "3h", "next day"),
        ("cron(0 8/8 * * ? *)", "9h", "next"),
    ] {
        let said = check(expression, duration).expect_err(expression);
        assert!(said.contains(why), "{expression} {duration}: {said}");
    }
}
