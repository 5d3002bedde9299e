/* "Parameters in [brackets] are settings": each of DEFINITIONS section 7 with its default, and how
 * another value moves the day. Rows named are those of the rules' own tests. */
#include "rules_judged.h"

enum { DAYS_SEARCHED = 400 };

/* UNFICYP S/RES/1568 and strengths.csv 2005-02-28. */
#define UNFICYP                                                                                    \
	"operation un_pko\n"                                                                       \
	"instrument UNSC S/RES/1568 2004-10-22 extend until=2005-06-15 military=860\n"             \
	"total 2005-02-28 troops=894\n"                                                            \
	"total 2005-02-28 police=43\n"
/* UNMIL S/RES/1561. */
#define UNMIL                                                                                      \
	"operation un_pko series=2003-09-19 to=to_end\n"                                           \
	"instrument UNSC S/RES/1561 2004-09-17 extend until=2005-09-19\n"
/* UNAMID S/RES/1769, arrangements.csv UNAMID-hybrid, and a decision of the AU that is made up. */
#define UNAMID                                                                                     \
	"operation un_pko series=2007-07-31 to=to_end\n"                                           \
	"arrangement UNAMID-hybrid hybrid UN;AU effective=2007-12-31 end=2020-12-31\n"             \
	"acceptance UNAMID-hybrid UN 2007-12-31\n"                                                 \
	"acceptance UNAMID-hybrid AU 2007-12-31\n"                                                 \
	"instrument UNSC S/RES/1769 2007-07-31 establish until=2008-07-31\n"                       \
	"instrument AU PSC/PR/Comm(LXXIX) 2007-06-22 establish until=2008-06-30\n"
/* MONUC, deployments.csv 2004-12, S/RES/1565, 1592. */
#define MONUC                                                                                      \
	"operation un_pko series=1999-11-30 to=to_end\n"                                           \
	"instrument UNSC S/RES/1565 2004-10-01 extend until=2005-03-31\n"                          \
	"instrument UNSC S/RES/1592 2005-03-30 extend until=2005-10-01\n"                          \
	"return 2004-12-31 covers=observers covers=troops IND:observers=725 ZAF:troops=11481\n"
/* A budget that is paid for, and none after it. */
#define FUNDED                                                                                     \
	"operation un_pko\n"                                                                       \
	"instrument UNSC S/RES/1 2000-01-01 establish until=2003-01-15\n"                          \
	"amount 2001-07-01 2002-06-30 appropriation 100 doc=A/RES/55/1\n"
#define UNUSUAL                                                                                    \
	"operation un_pko\n"                                                                       \
	"amount 2001-07-01 2002-03-31 appropriation 1\n"
#define UNENDORSED                                                                                 \
	"operation un_pko\n"                                                                       \
	"priorities D 2001-01-01 X\n"
#define NEED "requirement SUR-1 troops=850 2024-06-01\n"
#define PLEDGED NEED "pledge GHA P-1 troops=850 2024-01-15 requirement=SUR-1 available=2024-07-01\n"
#define UNSIGNED "unit GHA BATT 2010-01-01 2010-12-31 troops=500\n"
/* arrangements.csv UNMIK-EULEX; the EU was ready in February 2008. */
#define EULEX(day)                                                                                 \
	"operation un_pko\n"                                                                       \
	"arrangement UNMIK-EULEX parallel UN;EU other=EULEX effective=2008-12-09\n"                \
	"acceptance UNMIK-EULEX EU " day "\n"
#define OVERLAP                                                                                    \
	"operation un_pko\n"                                                                       \
	"instrument UNSC S/RES/1 2010-01-01 establish until=2010-06-30\n"                          \
	"arrangement LONG succession UN other=NEW effective=2010-03-01\n"                          \
	"acceptance LONG UN 2010-03-01\n"

enum moves { OPENS = 1, SHARPENS, CLOSES };

struct row {
	const char *setting;
	int32_t seeded;
	enum moves moves;
	Mandate__AlertCode code;
	const char *key, *operation, *given;
	const char *day; /* with the default */
	int32_t value;
	const char *other_day; /* with that value */
};

static const struct row rows[] = {
	{"alert.ceil_over.rotation_overlap_days", 30, SHARPENS, CODE(CEIL_OVER), "UNFICYP:military",
	 "UNFICYP", UNFICYP, "2005-03-30", 45, "2005-04-14"},
	{"alert.head_count_age_days", 92, CLOSES, CODE(CEIL_OVER), "UNFICYP:military", "UNFICYP",
	 UNFICYP, "2005-06-01", 60, "2005-04-30"},
	{"alert.head_count_age_days", 92, CLOSES, CODE(CEIL_UNSET), "UNFICYP:police", "UNFICYP",
	 UNFICYP, "2005-06-01", 60, "2005-04-30"},
	{"alert.mand_expiring.days", 90, OPENS, CODE(MAND_EXPIRING), "UNMIL:UNSC:2005-09-19",
	 "UNMIL", UNMIL, "2005-06-21", 45, "2005-08-05"},
	{"alert.mand_one_sided.days", 30, OPENS, CODE(MAND_ONE_SIDED), "UNAMID", "UNAMID", UNAMID,
	 "2008-05-31", 10, "2008-06-20"},
	{"alert.dep_stale.return_age_days", 45, OPENS, CODE(DEP_STALE), "MONUC:military", "MONUC",
	 MONUC, "2005-02-15", 60, "2005-03-02"},
	{"alert.fin_no_approp.ahead_days", 30, OPENS, CODE(FIN_NO_APPROP),
	 "X:2002-07-01:2003-06-30", "X", FUNDED, "2002-06-01", 10, "2002-06-21"},
	{"alert.fin_no_approp.ahead_days", 30, OPENS, CODE(FIN_PERIOD), "X:2001-07-01:2002-03-31",
	 "X", UNUSUAL, "2001-06-01", 10, "2001-06-21"},
	{"alert.prio_unendorsed.silent_days", 30, OPENS, CODE(PRIO_UNENDORSED), "X:D", "X",
	 UNENDORSED, "2001-02-01", 60, "2001-03-03"},
	{"alert.pledge_gap.ahead_days", 90, OPENS, CODE(PLEDGE_GAP), "X:SUR-1", "X", NEED,
	 "2024-03-03", 30, "2024-05-02"},
	{"alert.pledge_gap.ahead_days", 90, CLOSES, CODE(PLEDGE_GAP), "X:SUR-1", "X", PLEDGED,
	 "2024-04-02", 60, "2024-05-02"},
	{"alert.mou_missing.days", 90, OPENS, CODE(MOU_MISSING), "X:GHA:BATT:2010-01-01", "X",
	 UNSIGNED, "2010-04-02", 10, "2010-01-12"},
	{"alert.handover_one_side.notice_days", 14, OPENS, CODE(HANDOVER_ONE_SIDE), "UNMIK-EULEX",
	 "UNMIK", EULEX("2008-11-20"), "2008-11-25", 5, "2008-12-04"},
	{"alert.handover_one_side.waiting_days", 30, OPENS, CODE(HANDOVER_ONE_SIDE), "UNMIK-EULEX",
	 "UNMIK", EULEX("2008-03-01"), "2008-03-31", 10, "2008-03-11"},
	{"alert.succ_overlap.overlap_days", 30, OPENS, CODE(SUCC_OVERLAP), "LONG", "X", OVERLAP,
	 "2010-04-01", 5, "2010-03-07"},
};

static int32_t *parameter(const char *name)
{
	size_t i = 0;

	while (strcmp(alert_settings[i].name, name) != 0 && i + 1 < alert_settings_count)
		i++;
	assert_string_equal(alert_settings[i].name, name);
	return (int32_t *)((char *)&parameters + alert_settings[i].offset);
}

static bool is_as(const struct row *row, int32_t day, bool was_open)
{
	char text[DAY_TEXT_BYTES];
	const Mandate__Alert *alert;

	day_format(text, day);
	alert = find(row->code, row->key, text);
	if (row->moves == CLOSES)
		return was_open && !alert;
	return alert && (row->moves == OPENS || alert->severity == SEVERITY(ALARM));
}

/* The first day, of those around the one that is expected, on which it opens, sharpens or closes.
 */
static void expect_moves(const struct row *row, const char *expected)
{
	int32_t first = facts_day(expected) - DAYS_SEARCHED, day = first;
	char text[DAY_TEXT_BYTES];
	bool was_open = false;

	for (; day < first + 2 * DAYS_SEARCHED; day++) {
		if (is_as(row, day, was_open))
			break;
		day_format(text, day);
		was_open |= find(row->code, row->key, text) != NULL;
	}
	day_format(text, day);
	if (strcmp(text, expected) != 0)
		fail_msg("%s, %s: %s, not %s", row->setting, row->key, text, expected);
}

static void a_setting_moves_the_day(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *row = &rows[i];
		int32_t *value = parameter(row->setting);

		given(row->operation, row->given);
		assert_int_equal(*value, row->seeded);
		expect_moves(row, row->day);
		*value = row->value;
		expect_moves(row, row->other_day);
		*value = row->seeded;
		forget(state);
	}
	given("X", "");
}

static void no_setting_is_left_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < alert_settings_count; i++) {
		bool found = false;

		for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
			found |= strcmp(rows[k].setting, alert_settings[i].name) == 0;
		if (!found)
			fail_msg("%s", alert_settings[i].name);
	}
	given("X", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_setting_moves_the_day, forget),
		cmocka_unit_test_teardown(no_setting_is_left_out, forget),
	};

	return cmocka_run_group_tests_name("rules/setting", tests, NULL, NULL);
}
