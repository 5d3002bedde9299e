/* What the rules refuse, as an office is told: the code, the field as a path into its submission,
 * and the record that it is about. */
#include "service_support.h"

#include "record_text.h"

#define CODE(name) MANDATE__CODE__CODE_##name

static int set_up(void **state)
{
	struct rig *r = calloc(1, sizeof *r);

	rig_open(r);
	*state = r;
	return 0;
}

static int tear_down(void **state)
{
	rig_close(*state);
	free(*state);
	return 0;
}

static void tell_all(struct rig *r, const char *lines)
{
	char *rest = arena_text(&r->kept, lines), *line;

	while ((line = strsep(&rest, "\n")))
		if (*line)
			rig_accept(r, RECORD(r, record_text(&r->arena, line)));
}

static void begin(struct rig *r)
{
	rig_rules(r, 2);
	rig_begin(r, "2009-01-01");
	tell_all(r, "partner code=UN\npartner code=EU\npartner code=AU\npartner code=UNGA\n"
		    "operation acronym=UNMIK kind=un_pko hosts=XKX start_date=1999-06-10\n"
		    "operation acronym=EULEX kind=partner hosts=XKX start_date=2008-12-09\n"
		    "operation acronym=UNMIL kind=un_pko hosts=LBR\n");
}

struct row {
	const char *line;
	Mandate__Code code;
	const char *field;  /* after "changes[1].record." */
	const char *record; /* "operation NONE" */
};

/* As the second change of a submission, of which then nothing happens. */
static void refused(struct rig *r, const struct row *row)
{
	uint64_t before = machine_state(r->machine)->head.revision;
	Mandate__Change *changes[] = {CORRECT(r, record_text(&r->arena, "partner code=UN name=x")),
				      RECORD(r, record_text(&r->arena, row->line))};
	char text[KEY_TEXT_MAX + 32];
	const Mandate__Refusal *refusal;

	rig_submit(r, changes, 2);
	refusal = r->outcome->refusal;
	if (!refusal || refusal->code != row->code)
		fail_msg("%s: %d", row->line, refusal ? (int)refusal->code : 0);
	assert_int_equal(refusal->change, 1);
	snprintf(text, sizeof text, "changes[1].record.%s", row->field);
	assert_string_equal(refusal->field, text);
	snprintf(text, sizeof text, "%s %s", record_kind_name(refusal->kind), refusal->key);
	assert_string_equal(text, row->record);
	assert_true(strlen(refusal->text) > 0);
	assert_int_equal(machine_state(r->machine)->head.revision, before);
	assert_int_equal(r->event_count, 0);
}

#define OPERATION CODE(UNKNOWN_OPERATION)
#define PARTNER CODE(UNKNOWN_PARTNER)
#define CONTRIBUTOR CODE(UNKNOWN_CONTRIBUTOR)

/* Every field of every kind in which a record names an operation, a partner or a contributor. */
static const struct row unknown[] = {
	{"instrument operation=NONE party=UN document=D action=amend adopted=2009-01-01", OPERATION,
	 "instrument.operation", "operation NONE"},
	{"instrument operation=UNMIK party=NONE document=D action=amend adopted=2009-01-01",
	 PARTNER, "instrument.party", "partner NONE"},
	{"ceiling operation=NONE document=D component=military from=2009-01-01 persons=1",
	 OPERATION, "ceiling.operation", "operation NONE"},
	{"return operation=NONE as_of=2009-01-31", OPERATION, "return.operation", "operation NONE"},
	{"return operation=UNMIK as_of=2009-01-31 counts=contributor:GHA,component:troops,"
	 "persons:1|contributor:NONE,component:troops,persons:1",
	 CONTRIBUTOR, "return.counts[1].contributor", "partner NONE"},
	{"total operation=NONE as_of=2009-01-31 component=troops persons=1", OPERATION,
	 "total.operation", "operation NONE"},
	{"unit operation=NONE contributor=GHA unit=B from=2009-01-01 component=troops persons=1",
	 OPERATION, "unit.operation", "operation NONE"},
	{"unit operation=UNMIK contributor=NONE unit=NONE from=2009-01-01 component=troops "
	 "persons=1",
	 CONTRIBUTOR, "unit.contributor", "partner NONE"},
	{"unit operation=UNMIK contributor=GHA unit=NONE from=2009-01-01 component=troops "
	 "persons=1 control=NONE",
	 OPERATION, "unit.control", "operation NONE"},
	{"estimate operation=NONE as_of=2009-01-31 detail=contributor", OPERATION,
	 "estimate.operation", "operation NONE"},
	{"estimate operation=UNMIK as_of=2009-01-31 detail=contributor "
	 "contributors=contributor:GHA,persons:1|contributor:NONE,persons:1",
	 CONTRIBUTOR, "estimate.contributors[1].contributor", "partner NONE"},
	{"estimate operation=UNMIK as_of=2009-01-31 detail=place "
	 "places=name:NONE|name:X,present_only:NONE",
	 CONTRIBUTOR, "estimate.places[1].present_only[0]", "partner NONE"},
	{"arrangement arrangement=NONE kind=succession sides=parties:UN operation=NONE "
	 "other_operation=EULEX",
	 OPERATION, "arrangement.operation", "operation NONE"},
	{"arrangement arrangement=A kind=succession sides=parties:UN operation=UNMIK "
	 "other_operation=NONE",
	 OPERATION, "arrangement.other_operation", "operation NONE"},
	{"arrangement arrangement=NONE kind=parallel sides=parties:UN|parties:EU+NONE "
	 "operation=UNMIK",
	 PARTNER, "arrangement.sides[1].parties[1]", "partner NONE"},
	{"arrangement arrangement=A kind=parallel sides=parties:UN|parties:EU operation=UNMIK "
	 "proposed_by=NONE",
	 PARTNER, "arrangement.proposed_by", "partner NONE"},
	{"acceptance arrangement=A party=NONE reply=accepted day=2009-01-01", PARTNER,
	 "acceptance.party", "partner NONE"},
	{"claim function=NONE area=NONE operation=NONE from=2009-01-01", OPERATION,
	 "claim.operation", "operation NONE"},
	{"claim function=policing area=XKX operation=UNMIK from=2009-01-01 party=NONE", PARTNER,
	 "claim.party", "partner NONE"},
	{"requirement operation=NONE requirement=R component=troops persons=1 "
	 "needed_by=2009-01-01",
	 OPERATION, "requirement.operation", "operation NONE"},
	{"pledge contributor=NONE pledge=P component=troops persons=1 registered=2009-01-01",
	 CONTRIBUTOR, "pledge.contributor", "partner NONE"},
	{"pledge contributor=GHA pledge=P component=troops persons=1 registered=2009-01-01 "
	 "operation=NONE",
	 OPERATION, "pledge.operation", "operation NONE"},
	{"pledge_step contributor=NONE pledge=P step=1 state=assessed day=2009-01-01", CONTRIBUTOR,
	 "pledge_step.contributor", "partner NONE"},
	{"transfer contributor=GHA unit=B day=2009-01-01 operation=NONE other_operation=EULEX",
	 OPERATION, "transfer.operation", "operation NONE"},
	{"transfer contributor=GHA unit=B day=2009-01-01 operation=UNMIL other_operation=NONE",
	 OPERATION, "transfer.other_operation", "operation NONE"},
	{"transfer contributor=NONE unit=B day=2009-01-01 operation=UNMIL other_operation=EULEX",
	 CONTRIBUTOR, "transfer.contributor", "partner NONE"},
	{"amount operation=NONE period_start=2009-07-01 period_end=2010-06-30 kind=appropriation "
	 "party=UNGA currency=USD document=D amount=1",
	 OPERATION, "amount.operation", "operation NONE"},
	{"amount operation=UNMIK period_start=2009-07-01 period_end=2010-06-30 kind=appropriation "
	 "party=NONE currency=USD document=D amount=1",
	 PARTNER, "amount.party", "partner NONE"},
	{"amount operation=UNMIK period_start=2009-07-01 period_end=2010-06-30 kind=assessment "
	 "party=UNGA currency=USD document=D amount=2 "
	 "shares=contributor:GHA,amount:1|contributor:NONE,amount:1",
	 CONTRIBUTOR, "amount.shares[1].contributor", "partner NONE"},
	{"payment operation=NONE period_start=2009-07-01 period_end=2010-06-30 contributor=GHA "
	 "currency=USD day=2009-08-01 amount=1",
	 OPERATION, "payment.operation", "operation NONE"},
	{"payment operation=UNMIK period_start=2009-07-01 period_end=2010-06-30 contributor=NONE "
	 "currency=USD day=2009-08-01 amount=1",
	 CONTRIBUTOR, "payment.contributor", "partner NONE"},
	{"priorities operation=NONE document=D date=2009-01-01 items=rank:1,task:x", OPERATION,
	 "priorities.operation", "operation NONE"},
	{"priorities operation=UNMIK document=D date=2009-01-01 "
	 "items=rank:1,task:NONE|rank:2,task:x,lead:NONE",
	 PARTNER, "priorities.items[1].lead", "partner NONE"},
	{"priorities operation=UNMIK document=D date=2009-01-01 "
	 "items=rank:1,task:x,lead:EULEX,supporting:NONE",
	 PARTNER, "priorities.items[0].supporting[0]", "partner NONE"},
	{"endorsement operation=NONE document=D owner=UNMIK version=1 day=2009-01-01", OPERATION,
	 "endorsement.operation", "operation NONE"},
	{"endorsement operation=UNMIK document=D owner=NONE version=1 day=2009-01-01", PARTNER,
	 "endorsement.owner", "partner NONE"},
	{"consent operation=NONE host=XKX day=2009-01-01 state=given", OPERATION,
	 "consent.operation", "operation NONE"},
};

static void what_is_named_must_be_on_record(void **state)
{
	struct rig *r = *state;

	begin(r);
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		refused(r, &unknown[i]);
	/* An owner is an operation or a partner. */
	tell_all(r, "priorities operation=UNMIK document=D date=2009-01-01 "
		    "items=rank:1,task:x,lead:EULEX,supporting:EU");
}

/* A kind that names something has a row. */
static void no_kind_is_left_out(void **state)
{
	(void)state;
	for (unsigned k = 0; k < mandate__record__descriptor.n_fields; k++) {
		const char *kind = mandate__record__descriptor.fields[k].name;
		size_t len = strlen(kind);
		/* These name none that must be on record: grants may come first. */
		bool found = strcmp(kind, "partner") == 0 || strcmp(kind, "operation") == 0 ||
			     strcmp(kind, "office") == 0;

		for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
			found |= strncmp(unknown[i].line, kind, len) == 0 &&
				 unknown[i].line[len] == ' ';
		if (!found)
			fail_msg("%s", kind);
	}
}

#define POLICING                                                                                   \
	" kind=handover_of_function functions=policing area=XKX effective=2008-12-09 "             \
	"sides=parties:UN|parties:EU "

static void an_act_is_refused_with_the_record_it_meets(void **state)
{
	static const struct row rows[] = {
		{"acceptance arrangement=NONE party=EU reply=accepted day=2009-01-01",
		 CODE(NEEDS_EARLIER), "acceptance.arrangement", "arrangement NONE"},
		{"acceptance arrangement=A party=AU reply=accepted day=2009-01-01",
		 CODE(ILLEGAL_TRANSITION), "acceptance.party", "arrangement A"},
		{"acceptance arrangement=A party=AU reply=declined day=2009-01-01",
		 CODE(ILLEGAL_TRANSITION), "acceptance.party", "arrangement A"},
		{"acceptance arrangement=A party=EU reply=accepted day=2009-02-01",
		 CODE(ILLEGAL_TRANSITION), "acceptance.day", "arrangement A"},
		{"arrangement arrangement=H operation=EULEX other_operation=UNMIK" POLICING,
		 CODE(NOT_HOLDER), "arrangement.functions", "claim policing:XKX:UNMIK"},
		{"pledge_step contributor=GHA pledge=NONE step=1 state=assessed day=2009-01-01",
		 CODE(NEEDS_EARLIER), "pledge_step.pledge", "pledge GHA:NONE"},
		{"pledge_step contributor=GHA pledge=P step=3 state=verified day=2009-01-01",
		 CODE(NEEDS_EARLIER), "pledge_step.step", "pledge_step GHA:P:2"},
		{"pledge_step contributor=GHA pledge=P step=2 state=selected day=2009-01-01",
		 CODE(ILLEGAL_TRANSITION), "pledge_step.state", "pledge_step GHA:P:1"},
		{"endorsement operation=UNMIK document=D owner=UNMIK version=2 day=2009-01-01",
		 CODE(NEEDS_EARLIER), "endorsement.version", "priorities UNMIK:D"},
		{"endorsement operation=UNMIK document=D owner=AU version=1 day=2009-01-01",
		 CODE(ILLEGAL_TRANSITION), "endorsement.owner", "priorities UNMIK:D"},
	};
	struct rig *r = *state;

	begin(r);
	tell_all(r, "arrangement arrangement=A kind=parallel sides=parties:UN|parties:EU "
		    "operation=UNMIK accept_by=2009-01-31\n"
		    "claim function=policing area=XKX operation=UNMIK from=1999-06-10\n"
		    "pledge contributor=GHA pledge=P component=troops persons=1 "
		    "registered=2009-01-01\n"
		    "pledge_step contributor=GHA pledge=P step=1 state=assessed day=2009-01-01\n"
		    "priorities operation=UNMIK document=D date=2009-01-01 "
		    "items=rank:1,task:x,lead:UNMIK\n");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		refused(r, &rows[i]);
}

/* Rules 1 said less, and what they said is on record. */
static void rules_1_name_the_field_alone(void **state)
{
	struct rig *r = *state;

	rig_begin(r, "2009-01-01");
	rig_refuse(r, RECORD(r, record_text(&r->arena, "return operation=NONE as_of=2009-01-31")),
		   OPERATION);
	assert_string_equal(r->outcome->refusal->field, "operation");
	assert_null(r->outcome->refusal->key);
}

/* "Kept, and shown": facts that cannot both be so, or that nothing allows. */
static void facts_that_clash_are_accepted(void **state)
{
	static const char facts[] =
		/* An extension after the end, a ceiling and people without a mandate. */
		"instrument operation=UNMIL party=UN document=D-1 action=establish "
		"adopted=2008-01-01 valid_until=2008-06-30\n"
		"instrument operation=UNMIL party=UN document=D-2 action=extend "
		"adopted=2008-08-01 valid_until=2008-12-31\n"
		"ceiling operation=UNMIL document=D-3 component=military from=2008-07-15 "
		"persons=10\n"
		"return operation=UNMIL as_of=2008-07-31 "
		"counts=contributor:GHA,component:troops,persons:500\n"
		/* One unit in two places, and the transfer of one that is in neither. */
		"unit operation=UNMIK contributor=GHA unit=B from=2008-01-01 component=troops "
		"persons=5\n"
		"unit operation=UNMIL contributor=GHA unit=B from=2008-01-01 component=troops "
		"persons=5\n"
		"transfer contributor=BGD unit=X day=2008-02-01 operation=UNMIK "
		"other_operation=UNMIL\n"
		/* Two holders; a host that does not consent; an amount of no usual period. */
		"claim function=policing area=XKX operation=UNMIK from=1999-06-10\n"
		"claim function=policing area=XKX operation=EULEX from=2008-01-01\n"
		"consent operation=UNMIK host=XKX day=2008-01-01 state=withdrawn\n"
		"amount operation=UNMIK period_start=2008-02-03 period_end=2008-02-29 "
		"kind=appropriation party=UNGA currency=USD document=D amount=1\n";
	struct rig *r = *state;

	begin(r);
	tell_all(r, facts);
	/* Another content under the same edition: both are on record. */
	tell_all(r, "return operation=UNMIL as_of=2008-07-31");
	assert_int_equal(rig_event(r, 0)->what_case, MANDATE__EVENT__WHAT_CHANGE);
	assert_int_equal(rig_event(r, 1)->alert->alert->code,
			 MANDATE__ALERT_CODE__ALERT_CODE_EDITION_CLASH);
}

static int init(void **state)
{
	(void)state;
	return hash_init() == STATUS_OK ? 0 : -1;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_named_must_be_on_record),
		cmocka_unit_test(no_kind_is_left_out),
		TEST(an_act_is_refused_with_the_record_it_meets),
		TEST(rules_1_name_the_field_alone),
		TEST(facts_that_clash_are_accepted),
	};
	return cmocka_run_group_tests(tests, init, NULL);
}
