/* CSV files into changes: how files are read, and the kinds in which a row is a fact. */
#include "import_fixture.h"

/* --- the form of files ------------------------------------------------------------------- */

static void columns_are_found_by_name_and_others_ignored(void **state)
{
	struct fixture *f = *state;

	take(f, "strengths",
	     "confidence,mine,personnel,component,ceiling_then,as_of,operation\n"
	     "high,\xff,725,observers,,2004-12-09,MONUC\n");
	assert_int_equal(f->result.fact_count, 1);
	assert_int_equal(f->result.problem_count, 0);
	assert_int_equal(f->result.facts[0].line, 2);
	const Mandate__Change *c = change_of(f, "MONUC:2004-12-09:observers", 1);
	assert_int_equal(c->record->total->persons, 725);
	assert_false(c->record->total->has_ceiling_then);
	assert_int_equal(c->source->confidence, MANDATE__CONFIDENCE__CONFIDENCE_HIGH);
	assert_null(c->source->text);
}

static void a_missing_column_is_named(void **state)
{
	struct fixture *f = *state;
	const char *text = "operation,as_of,component,ceiling_then\nMONUC,2004-12-09,troops,\n";

	assert_int_equal(read_bytes(f, "strengths", text, strlen(text)), STATUS_INVALID);
	assert_non_null(strstr(f->err.text, "\"personnel\""));
	assert_int_equal(f->result.fact_count, 0);
	text = "operation,operation,as_of,component,personnel,ceiling_then\n";
	assert_int_equal(read_bytes(f, "strengths", text, strlen(text)), STATUS_INVALID);
	assert_non_null(strstr(f->err.text, "twice"));
}

static void a_failed_read_leaves_the_result_as_it_was(void **state)
{
	struct fixture *f = *state;

	take(f, "strengths",
	     STRENGTHS "MONUC,2004-12-09,troops,x,,,\nMONUC,2004-12-09,police,1,,,\n");
	write_file(f->path, "operation\n", 10);
	assert_int_equal(import_read(&f->arena, "strengths", f->path, &f->result, NULL),
			 STATUS_INVALID);
	assert_int_equal(import_read(&f->arena, "strengths", "/nowhere/at/all", &f->result, NULL),
			 STATUS_NOT_FOUND);
	assert_int_equal(import_read(&f->arena, "strengths", f->folder, &f->result, NULL),
			 STATUS_IO);
	assert_int_equal(import_read(&f->arena, "fleets", f->path, &f->result, NULL),
			 STATUS_INVALID);
	assert_int_equal(read_bytes(f, "strengths", "", 0), STATUS_INVALID);
	assert_int_equal(read_bytes(f, "strengths", "\n\n", 2), STATUS_INVALID);
}

static void results_of_several_files_add_up(void **state)
{
	struct fixture *f = *state;

	take(f, "strengths",
	     STRENGTHS "MONUC,2004-12-09,troops,1,,,\nMONUC,2004-12-09,police,x,,,\n");
	assert_int_equal(import_read(&f->arena, "strengths", f->path, &f->result, NULL), STATUS_OK);
	assert_int_equal(f->result.fact_count, 2);
	assert_int_equal(f->result.problem_count, 2);
	assert_int_equal(f->result.rows, 4);
}

static void marks_tags_line_ends_and_quotes_of_csv_are_understood(void **state)
{
	struct fixture *f = *state;

	take(f, "strengths",
	     "\xEF\xBB\xBF\"operation\",as_of,component,personnel,ceiling_then,source,"
	     "confidence\r\n"
	     "#activity+code,#date+reported,,#x_personnel+num,,#meta+source,\r\n"
	     "\r\n"
	     "UNOSOM II,1994-06-30,troops,\"18000\", 28000 ,\"a \"\"quoted\"\", comma\" ,high\r\n"
	     "MONUC,2004-12-09,observers,725,,,");
	assert_int_equal(f->result.problem_count, 0);
	assert_int_equal(f->result.rows, 2);
	assert_int_equal(f->result.facts[0].line, 4);
	assert_int_equal(f->result.facts[1].line, 5);
	const Mandate__Change *c = change_of(f, "UNOSOM II:1994-06-30:troops", 1);
	assert_string_equal(c->source->text, "a \"quoted\", comma");
	assert_int_equal(c->record->total->ceiling_then, 28000);
}

static void tags_are_looked_for_right_after_the_header_only(void **state)
{
	struct fixture *f = *state;

	take(f, "strengths", STRENGTHS "MONUC,2004-12-09,observers,725,,,\n#a,#b,#c,#d,#e,#f,#g\n");
	assert_int_equal(f->result.fact_count, 1);
	assert_int_equal(f->result.problem_count, 4);
	assert_problem(f, 0, 3, "bad_date");
}

static void damage_ends_with_its_line(void **state)
{
	struct fixture *f = *state;

	take(f, "strengths",
	     STRENGTHS "MONUC,2004-12-01,troops,1,,\"stray\" quote\",high\n"
		       "MONUC,2004-12-02,troops,1,,,\n"
		       "MONUC,2004-12-03,troops,1,,one,cell,too many\n"
		       "MONUC,2004-12-04,troops\n"
		       "MONUC,2004-12-05,troops,1,,\"a line\nend\",high\n"
		       "MONUC,2004-12-06,troops,1,,,\n"
		       "MONUC,2004-12-07,troops,1,,\"never closed,high\n"
		       "MONUC,2004-12-08,troops,1,,,\n");
	assert_int_equal(f->result.fact_count, 2);
	assert_int_equal(f->result.facts[0].line, 3);
	assert_int_equal(f->result.facts[1].line, 8);
	assert_int_equal(f->result.problem_count, 5);
	assert_problem(f, 0, 2, "bad_quoting");
	assert_problem(f, 1, 4, "bad_row");
	assert_problem(f, 2, 5, "bad_row");
	assert_problem(f, 3, 6, "bad_text");
	assert_problem(f, 4, 9, "bad_quoting");
}

/* Files are read in blocks of 64 KiB; one may end anywhere within a line. */
static void damage_ends_with_its_line_wherever_a_block_ends(void **state)
{
	static const char bad[] = "MONUC,2004-12-01,troops,1,,\"x\"y,high\n";
	static const char good[] = "MONUC,2004-12-02,troops,1,,\"\",high\n";
	enum { BLOCK_BYTES = 64 * 1024 };
	struct fixture *f = *state;
	static char text[BLOCK_BYTES + 256];

	for (size_t before = 0; before < sizeof bad + sizeof good; before++) {
		memset(text, '\n', BLOCK_BYTES - before);
		memcpy(text, STRENGTHS, sizeof STRENGTHS - 1);
		strcpy(text + BLOCK_BYTES - before, bad);
		strcat(text + BLOCK_BYTES - before, good);
		take(f, "strengths", text);
		assert_int_equal(f->result.fact_count, 1);
		assert_int_equal(f->result.problem_count, 1);
		assert_int_equal(f->result.facts[0].line, f->result.problems[0].line + 1);
	}
}

static void a_row_without_end_is_left_out(void **state)
{
	struct fixture *f = *state;
	static char text[100 * 1024];
	size_t len =
		(size_t)snprintf(text, sizeof text, "%sMONUC,2004-12-01,troops,1,,", STRENGTHS);

	memset(text + len, 'x', sizeof text - len);
	memcpy(text + sizeof text - 60,
	       ",high\nMONUC,2004-12-02,troops,1,,,high\nMONUC,,,,,,,,,,,,,,,,,", 60);
	assert_int_equal(read_bytes(f, "strengths", text, sizeof text), STATUS_OK);
	assert_int_equal(f->result.fact_count, 1);
	assert_problem(f, 0, 2, "bad_row");
	assert_problem(f, 1, 4, "bad_row");
}

static void cells_are_read_strictly(void **state)
{
	static const struct {
		const char *row, *code;
	} rows[] = {
		{"MONUC,2004-12-9,troops,1,,,", "bad_date"},
		{"MONUC,2004-02-30,troops,1,,,", "bad_date"},
		{"MONUC,2004-12-09,troops,1.0,,,", "bad_number"},
		{"MONUC,2004-12-09,troops,-1,,,", "bad_number"},
		{"MONUC,2004-12-09,troops,0x1,,,", "bad_number"},
		{"MONUC,2004-12-09,troops,1000001,,,", "bad_number"},
		{"MONUC,2004-12-09,troops,18446744073709551617,,,", "bad_number"},
		{"MONUC,2004-12-09,troop,1,,,", "bad_value"},
		{"MONUC,2004-12-09,troops,1,,,certain", "bad_value"},
		{"MONUC,2004-12-09,troops,,,,", "missing_value"},
		{",2004-12-09,troops,1,,,", "missing_value"},
		{"MO:NUC,2004-12-09,troops,1,,,", "bad_text"},
		{"MONUC,2004-12-09,troops,1,,caf\xe9,", "bad_text"},
		{"MONUC,2004-12-09,troops,1,,\xc0\xaf,", "bad_text"},
		{"MONUC,2004-12-09,troops,1,,a\x1b[2J,", "bad_text"},
		{"MONUC123456789012345678901234567890123456789012345678901234567890,"
		 "2004-12-09,troops,1,,,",
		 "bad_text"},
	};
	struct fixture *f = *state;
	char text[512];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		snprintf(text, sizeof text,
			 "%s%s\nMONUC,2004-12-31,police,0,,d\xc3\xa9j\xc3\xa0,\n", STRENGTHS,
			 rows[i].row);
		take(f, "strengths", text);
		assert_int_equal(f->result.fact_count, 1);
		assert_int_equal(f->result.problem_count, 1);
		assert_problem(f, 0, 2, rows[i].code);
		assert_int_equal(f->result.facts[0].change->record->total->persons, 0);
	}
	static const char nul[] = STRENGTHS "MONUC,2004-12-09,troops,1,,a\0b,\n";
	assert_int_equal(read_bytes(f, "strengths", nul, sizeof nul - 1), STATUS_OK);
	assert_problem(f, 0, 2, "bad_text");
}

/* --- a row is a fact ------------------------------------------------------------------- */

static void partners_keep_their_note_as_a_source(void **state)
{
	struct fixture *f = *state;

	take(f, "partners",
	     "kind,code,iso3,name,seat,note\n"
	     "member_state,CIV,CIV,C\xc3\xb4te d'Ivoire,,\n"
	     "regional_org,AU,,African Union,Addis Ababa,a note\n"
	     "tribe,XX,,,,\n"
	     "member_state,YY,Yy,,,\n");
	assert_int_equal(f->result.fact_count, 2);
	assert_problem(f, 0, 4, "bad_value");
	assert_problem(f, 1, 5, "bad_text");
	const Mandate__Change *au = change_of(f, "AU", 1), *civ = change_of(f, "CIV", 1);
	assert_int_equal(au->record->partner->kind,
			 MANDATE__PARTNER_KIND__PARTNER_KIND_REGIONAL_ORG);
	assert_null(au->record->partner->iso3);
	assert_string_equal(au->source->note, "a note");
	assert_string_equal(civ->record->partner->iso3, "CIV");
	assert_null(civ->source);
}

#define OPERATIONS                                                                                 \
	"acronym,full_name,kind,lead,host_iso3,start_date,end_date,status,financing,"              \
	"established_by,mandate_series_from,mandate_series_to,note\n"

static void operations_carry_the_span_of_their_series(void **state)
{
	struct fixture *f = *state;

	take(f, "operations",
	     OPERATIONS
	     "UNMIS,Mission,un_pko,UN,SDN,2005-03-24,2011-07-09,closed,assessed,S/RES/"
	     "1590,2005-03-24,to_end,\n"
	     "UNDOF,Force,un_pko,UN,SYR,1974-05-31,,active,assessed,S/RES/"
	     "350,2012-12-19,to_2025-12-31,\n"
	     "UNMIK,Mission,un_pko,UN,XKX,1999-06-10,,active,assessed,S/RES/"
	     "1244,1999-06-10,open_ended,\n"
	     "AMIS,Mission,partner,AU,SDN,2004-06-09,2007-12-31,closed,own,a decision,,none,\n"
	     "UNTSO,Observers,un_pko,UN,EGY;ISR;JOR,1948-05-29,,active,regular,S/RES/50,,,\n"
	     "A,,un_pko,UN,EGY;;JOR,,,active,,,,,\n"
	     "B,,un_pko,UN,,,,active,,,,to_2025,\n"
	     "C,,un_pko,UN,,2005-01-01,2004-01-01,active,,,,,\n");
	assert_int_equal(f->result.fact_count, 5);
	assert_int_equal(f->result.problem_count, 3);
	assert_problem(f, 0, 7, "bad_value");
	assert_problem(f, 1, 8, "bad_value");
	assert_problem(f, 2, 9, "malformed"); /* ends before it starts: the daemon's own check */
	const Mandate__Operation *o = change_of(f, "UNDOF", 1)->record->operation;
	assert_int_equal(o->mandate_series_to, MANDATE__SERIES_END__SERIES_END_TO_DATE);
	assert_int_equal(o->mandate_series_to_day, day("2025-12-31"));
	assert_int_equal(o->mandate_series_from, day("2012-12-19"));
	assert_false(o->has_end_date);
	o = change_of(f, "UNMIS", 1)->record->operation;
	assert_int_equal(o->mandate_series_to, MANDATE__SERIES_END__SERIES_END_TO_END);
	assert_int_equal(o->end_date, day("2011-07-09"));
	o = change_of(f, "UNMIK", 1)->record->operation;
	assert_int_equal(o->mandate_series_to, MANDATE__SERIES_END__SERIES_END_OPEN_ENDED);
	o = change_of(f, "AMIS", 1)->record->operation;
	assert_int_equal(o->mandate_series_to, MANDATE__SERIES_END__SERIES_END_NONE);
	assert_false(o->has_mandate_series_from);
	o = change_of(f, "UNTSO", 1)->record->operation;
	assert_false(o->has_mandate_series_to);
	assert_int_equal(o->n_hosts, 3);
	assert_string_equal(o->hosts[2], "JOR");
}

static void the_published_list_is_edition_0_and_covers_no_series(void **state)
{
	struct fixture *f = *state;

	take(f, "psdata-operations",
	     "id,mission_acronym,mission_name,lead_department,mission_isactive,start_date,end_date,"
	     "mission_location,mission_longitude,mission_latitude,last_update\n"
	     "9,UNSCOB,Special "
	     "Committee,DPO,No,,1951-07-12,Athens,\"37,9669\",\"23,7668\",2024-02-19\n"
	     "26,UNMOGIP,Observers,DPO,Yes,1949-01-24,,\"Islamabad, Srinagar "
	     "\",\"76,3238\",\"33,4593\",x\n"
	     "27,UNX,A mission,DPPA,No,,,,\"-13,23445\",\"-0,000015\",x\n"
	     "28,UNY,A mission,DOS,No,,,,,,x\n");
	const Mandate__Operation *o = change_of(f, "UNMOGIP", 0)->record->operation;
	assert_int_equal(o->mandate_series_to, MANDATE__SERIES_END__SERIES_END_NONE);
	assert_int_equal(o->kind, MANDATE__OPERATION_KIND__OPERATION_KIND_UN_PKO);
	assert_int_equal(o->status, MANDATE__OPERATION_STATUS__OPERATION_STATUS_ACTIVE);
	assert_string_equal(o->headquarters, "Islamabad, Srinagar");
	assert_int_equal(o->longitude, 7632380);
	assert_int_equal(o->latitude, 3345930);
	o = change_of(f, "UNSCOB", 0)->record->operation;
	assert_false(o->has_start_date);
	assert_int_equal(o->status, MANDATE__OPERATION_STATUS__OPERATION_STATUS_CLOSED);
	o = change_of(f, "UNX", 0)->record->operation;
	assert_int_equal(o->kind, MANDATE__OPERATION_KIND__OPERATION_KIND_UN_SPM);
	assert_int_equal(o->longitude, -1323445);
	assert_int_equal(o->latitude, -2); /* the sixth decimal rounds */
	assert_int_equal(f->result.problem_count, 1);
	assert_problem(f, 0, 5, "bad_value");
}

#define MANDATES                                                                                   \
	"operation,party,document,adopted,effective,action,also_amends,technical_rollover,"        \
	"valid_until,withdraw_by,carried_out,ceiling_military,ceiling_police,ceiling_fpu_units,"   \
	"ceiling_uniformed,line,confidence,checked\n"

static void mandates_carry_the_ceilings_they_state(void **state)
{
	struct fixture *f = *state;

	take(f, "mandates",
	     MANDATES
	     "UNAMID,UNSC,S/RES/"
	     "1769,2007-07-31,,establish,,,2008-07-31,,,19555,6432,19,,words,high,memory\n"
	     "UNMIS,UNSC,S/RES/1706,2006-08-31,,amend,yes,,,,no,17300,0,,,,medium,memory\n"
	     "MONUC,UNSC,S/RES/1925,2010-05-28,2010-07-01,terminate,,,2010-06-30,,,,,,,,,\n"
	     "AMISOM,UNSC,S/RES/1744,2007-02-20,,establish,,yes,2007-08-20,,,,,,8000,,,\n"
	     "X,UNSC,S/RES/1,2007-02-20,,renew,,,,,,,,,,,,\n");
	const Mandate__Change *c = change_of(f, "UNAMID:UNSC:S/RES/1769", 1);
	const Mandate__Instrument *i = c->record->instrument;
	assert_int_equal(i->action, MANDATE__ACTION__ACTION_ESTABLISH);
	assert_int_equal(i->adopted, day("2007-07-31"));
	assert_false(i->has_effective);
	assert_false(i->has_carried_out);
	assert_int_equal(i->n_ceilings, 3);
	assert_int_equal(i->ceilings[0]->component, MANDATE__COMPONENT__COMPONENT_MILITARY);
	assert_int_equal(i->ceilings[0]->persons, 19555);
	assert_false(i->ceilings[0]->has_from);
	assert_int_equal(i->ceilings[2]->component, MANDATE__COMPONENT__COMPONENT_FPU_UNITS);
	assert_int_equal(i->ceilings[2]->persons, 19);
	assert_string_equal(c->source->note, "words");
	assert_string_equal(c->source->checked, "memory");
	i = change_of(f, "UNMIS:UNSC:S/RES/1706", 1)->record->instrument;
	assert_true(i->has_carried_out && !i->carried_out);
	assert_true(i->also_amends);
	assert_int_equal(i->n_ceilings, 2); /* zero is a ceiling, empty is none */
	assert_int_equal(i->ceilings[1]->persons, 0);
	i = change_of(f, "AMISOM:UNSC:S/RES/1744", 1)->record->instrument;
	assert_true(i->technical_rollover);
	assert_int_equal(i->ceilings[0]->component, MANDATE__COMPONENT__COMPONENT_UNIFORMED);
	i = change_of(f, "MONUC:UNSC:S/RES/1925", 1)->record->instrument;
	assert_int_equal(i->effective, day("2010-07-01"));
	assert_int_equal(i->n_ceilings, 0);
	assert_int_equal(f->result.problem_count, 1);
	assert_problem(f, 0, 6, "bad_value");
}

static void ceilings_of_a_day_of_their_own_are_records(void **state)
{
	struct fixture *f = *state;

	take(f, "ceilings",
	     "operation,document,component,from,until,persons,comply_by,confidence,note\n"
	     "UNAMID,S/RES/2363,military,2017-06-29,2017-12-31,11395,2017-12-31,medium,one\n"
	     "UNAMID,S/RES/2363,military,2018-01-01,,8735,2018-06-30,medium,two\n");
	assert_int_equal(f->result.fact_count, 2);
	const Mandate__Change *c = change_of(f, "UNAMID:S/RES/2363:military:2018-01-01", 1);
	assert_int_equal(c->record->ceiling->persons, 8735);
	assert_int_equal(c->record->ceiling->comply_by, day("2018-06-30"));
	assert_false(c->record->ceiling->has_until);
	assert_string_equal(c->source->note, "two");
}

/* Section 4 of the definitions, what the cells of strengths.csv count to. */
static void components_of_strengths_count_to_those_of_the_definitions(void **state)
{
	static const struct {
		const char *cell, *component;
	} rows[] = {
		{"uniformed", "uniformed"},
		{"military", "military"},
		{"troops_and_observers", "military"},
		{"troops", "troops"},
		{"observers", "observers"},
		{"liaison_officers", "observers"},
		{"police", "police"},
		{"individual_police", "individual_police"},
		{"formed_police", "formed_police"},
	};
	struct fixture *f = *state;
	char text[256], key[64];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		snprintf(text, sizeof text, "%sX,2004-12-09,%s,12,,,\n", STRENGTHS, rows[i].cell);
		take(f, "strengths", text);
		assert_int_equal(f->result.fact_count, 1);
		snprintf(key, sizeof key, "X:2004-12-09:%s", rows[i].component);
		assert_int_equal(change_of(f, key, 1)->record->total->persons, 12);
	}
	/* Military contingents are no formed police, and not part of a head-count. */
	take(f, "strengths", STRENGTHS "X,2004-12-09,formed_units,12,,,\n");
	assert_int_equal(f->result.fact_count, 0);
	assert_problem(f, 0, 2, "bad_value");
}

static void strengths_map_onto_components_and_reference_totals_are_reported(void **state)
{
	struct fixture *f = *state;

	take(f, "strengths",
	     STRENGTHS "MONUC,2004-12-09,troops_and_observers,12216,16700,,\n"
		       "UNMISET,2005-04-30,liaison_officers,41,,,\n"
		       "ALL,2015-03-31,troops_and_observers,93743,,,\n"
		       "MONUC,2004-12-09,military,12216,16700,again,\n"
		       "UNMISET,2005-04-30,observers,42,,,\n"
		       "UNMISS,2020-09-08,formed_police,1143,,,\n"
		       "UNMISS,2020-09-08,formed_police,1143,,,\n");
	assert_int_equal(f->result.fact_count, 2);
	assert_int_equal(f->result.rows, 7);
	assert_int_equal(change_of(f, "MONUC:2004-12-09:military", 1)->record->total->persons,
			 12216);
	assert_int_equal(f->result.facts[0].rows, 2); /* equal in content: one fact */
	assert_int_equal(f->result.facts[0].line, 2);
	change_of(f, "UNMISS:2020-09-08:formed_police", 1);
	assert_int_equal(f->result.problem_count, 4);
	assert_problem(f, 0, 3, "key_twice");
	assert_problem(f, 1, 4, "reference_total");
	assert_problem(f, 2, 6, "key_twice");
	assert_problem(f, 3, 8, "doubled_row");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(columns_are_found_by_name_and_others_ignored),
		TEST(a_missing_column_is_named),
		TEST(a_failed_read_leaves_the_result_as_it_was),
		TEST(results_of_several_files_add_up),
		TEST(marks_tags_line_ends_and_quotes_of_csv_are_understood),
		TEST(tags_are_looked_for_right_after_the_header_only),
		TEST(damage_ends_with_its_line),
		TEST(damage_ends_with_its_line_wherever_a_block_ends),
		TEST(a_row_without_end_is_left_out),
		TEST(cells_are_read_strictly),
		TEST(partners_keep_their_note_as_a_source),
		TEST(operations_carry_the_span_of_their_series),
		TEST(the_published_list_is_edition_0_and_covers_no_series),
		TEST(mandates_carry_the_ceilings_they_state),
		TEST(ceilings_of_a_day_of_their_own_are_records),
		TEST(components_of_strengths_count_to_those_of_the_definitions),
		TEST(strengths_map_onto_components_and_reference_totals_are_reported),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
