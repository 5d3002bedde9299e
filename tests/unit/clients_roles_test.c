/* Grants as people write them, and the roles that come with the daemon: who may record what. */
#include "clients/ctl_grant.h"
#include "clients/ctl_roles.h"
#include "model/grants.h"
#include "model/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char SHIPPED[] = "config/roles.conf";

static int setup(void **state)
{
	struct arena *a = calloc(1, sizeof *a);

	arena_init(a, 1024 * 1024);
	*state = a;
	return 0;
}

static int teardown(void **state)
{
	arena_fini(*state);
	free(*state);
	return 0;
}

static void a_grant_is_listed_as_it_is_given(void **state)
{
	static const struct {
		const char *given, *listed; /* NULL: the same */
	} cases[] = {
		{"read", NULL},
		{"write", NULL},
		{"write kinds=return,total operations=MONUC", NULL},
		{"  write   operations=ONUB,MONUC,ONUB  kinds=total,return,total ",
		 "write kinds=return,total operations=MONUC,ONUB"},
		{"read until=2027-06-30 contributors=BGD acknowledge",
		 "read contributors=BGD until=2027-06-30 acknowledge"},
		{"read kinds=alert parties=UNSC", NULL},
		{"read operations=\"EUFOR Althea\",MONUC", NULL},
		{"read operations=MONUC,\"A\\\"B\\\\C, D\"",
		 "read operations=\"A\\\"B\\\\C, D\",MONUC"},
		{"read operations=\"MONUC\"", "read operations=MONUC"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct error err = {.status = STATUS_OK};
		Mandate__Grant *grant, *again;
		const char *wanted = cases[i].listed ? cases[i].listed : cases[i].given;

		assert_int_equal(ctl_grant_parse(*state, cases[i].given, &grant, &err), STATUS_OK);
		char *text = ctl_grant_text(*state, grant);
		assert_string_equal(text, wanted);
		assert_int_equal(ctl_grant_parse(*state, text, &again, &err), STATUS_OK);
		assert_string_equal(ctl_grant_text(*state, again), wanted);
	}
}

static void what_is_no_grant_is_named(void **state)
{
	static const struct {
		const char *given, *told;
	} cases[] = {
		{"", "a grant is read or write"},
		{"kinds=return", "kinds"},
		{"write write", "\"write\""},
		{"admin", "\"admin\""},
		{"readwrite kinds=return", "\"readwrite\""},
		{"write kind=return", "what is \"kind=\"?"},
		{"write kinds=", "1 to 64 bytes"},
		{"write kinds=return,,total", "1 to 64 bytes"},
		{"write kinds=returns", "no kind of record is called \"returns\""},
		{"write kinds=office", "by no grant"},
		{"write kinds=return kinds=total", "kinds= stands twice"},
		{"write operations=\"MONUC", "a quote is not closed"},
		{"write operations=\"MONUC\"X", "behind a quote"},
		{"write operations=MO\"NUC", "in the middle"},
		{"write until=2027-02-30", "no day"},
		{"write until=tomorrow-or-later", "no day"},
		{"write operations=MONUC acknowledged", "\"acknowledged\""},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct error err = {.status = STATUS_OK};
		Mandate__Grant *grant;

		assert_int_equal(ctl_grant_parse(*state, cases[i].given, &grant, &err),
				 STATUS_INVALID);
		if (!strstr(err.text, cases[i].told))
			fail_msg("%s: \"%s\" does not say \"%s\"", cases[i].given, err.text,
				 cases[i].told);
	}
}

/* An office with these roles, out of the shipped file. */
static Mandate__Office *office_with(struct arena *a, const char *const *roles)
{
	Mandate__Office *o = arena_alloc(a, sizeof *o);
	struct ctl_roles shipped;
	struct error err = {.status = STATUS_OK};

	mandate__office__init(o);
	o->grants = arena_calloc(a, 64, sizeof *o->grants);
	if (ctl_roles_read(&shipped, SHIPPED, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	for (; *roles; roles++) {
		Mandate__Grant **grants;
		size_t count;

		if (ctl_roles_grants(&shipped, a, *roles, &grants, &count, &err) != STATUS_OK)
			fail_msg("%s", err.text);
		memcpy(o->grants + o->n_grants, grants, count * sizeof *grants);
		o->n_grants += count;
	}
	ctl_roles_free(&shipped);
	return o;
}

/* "return operations=MONUC contributors=BGD,PAK": what a record is and names. */
static struct grants_names names_of(struct arena *a, const char *text)
{
	size_t kind_len = strcspn(text, " ");
	struct error err = {.status = STATUS_OK};
	Mandate__Grant *g;

	char *spec = arena_printf(a, "read kinds=%.*s%s", (int)kind_len, text, text + kind_len);
	if (ctl_grant_parse(a, spec, &g, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	return (struct grants_names){
		.kind = g->kinds[0],
		.operations = {(const char *const *)g->operations, g->n_operations},
		.contributors = {(const char *const *)g->contributors, g->n_contributors},
		.parties = {(const char *const *)g->parties, g->n_parties},
	};
}

/* Each kind of record, by whom it is said and by whom not. */
static void the_shipped_roles_say_who_decides_what(void **state)
{
	static const struct {
		const char *role, *record;
		bool writes, reads;
	} cases[] = {
		{"council-desk", "instrument operations=MONUC parties=UNSC", true, true},
		{"council-desk", "instrument operations=UNAMID parties=AU", false, true},
		{"council-desk", "ceiling operations=MONUC", true, true},
		{"council-desk", "amount operations=MONUC parties=UNGA", false, true},
		{"council-desk", "return operations=MONUC contributors=BGD", false, true},
		{"assembly-desk", "amount operations=MONUC parties=UNGA contributors=BGD,PAK", true,
		 true},
		{"assembly-desk", "amount operations=UNAMID parties=AU", false, true},
		{"assembly-desk", "instrument operations=MONUC parties=UNSC", false, true},
		{"assembly-desk", "pledge contributors=BGD", false, false},
		{"treasury", "payment operations=MONUC contributors=BGD", true, true},
		{"treasury", "unit operations=MONUC contributors=BGD", false, false},
		{"secretariat", "partner parties=BGD", true, true},
		{"secretariat", "operation operations=MONUC", true, true},
		{"secretariat", "instrument operations=MONUC parties=UNSC", false, true},
		{"force-generation", "requirement operations=MONUC", true, true},
		{"force-generation", "pledge_step contributors=BGD", true, true},
		{"force-generation", "pledge contributors=BGD", false, true},
		{"geospatial", "estimate operations=MONUC contributors=BGD,PAK", true, true},
		{"geospatial", "return operations=MONUC contributors=BGD", false, true},
		/* A contributor's pledges, units and their withdrawal; of others nothing. */
		{"contributor:BGD", "pledge contributors=BGD", true, true},
		{"contributor:BGD", "pledge operations=MONUC contributors=BGD", true, true},
		{"contributor:BGD", "pledge_step contributors=BGD", true, true},
		{"contributor:BGD", "unit operations=MONUC contributors=BGD", true, true},
		{"contributor:BGD", "transfer operations=MONUC,ONUB contributors=BGD", true, true},
		{"contributor:BGD", "unit operations=MONUC contributors=PAK", false, false},
		{"contributor:BGD", "payment operations=MONUC contributors=BGD", false, true},
		{"contributor:BGD", "return operations=MONUC contributors=BGD,PAK", false, false},
		{"contributor:BGD", "instrument operations=MONUC parties=UNSC", false, true},
		{"contributor:BGD", "total operations=MONUC", false, true},
		/* A host's consent. */
		{"host:COD:MONUC", "consent operations=MONUC parties=COD", true, true},
		{"host:COD:MONUC", "consent operations=MONUC parties=BDI", false, true},
		{"host:COD:MONUC", "consent operations=ONUB parties=COD", false, false},
		{"host:COD:MONUC", "return operations=MONUC contributors=BGD", false, false},
		/* An operation's returns, and what else is its own. */
		{"operation:MONUC", "return operations=MONUC contributors=BGD,PAK", true, true},
		{"operation:MONUC", "total operations=MONUC", true, true},
		{"operation:MONUC", "unit operations=MONUC contributors=BGD", true, true},
		{"operation:MONUC", "unit operations=MONUC,ONUB contributors=BGD", false, true},
		{"operation:MONUC,ONUB", "unit operations=MONUC,ONUB contributors=BGD", true, true},
		{"operation:MONUC", "requirement operations=MONUC", true, true},
		{"operation:MONUC", "priorities operations=MONUC", true, true},
		{"operation:MONUC", "endorsement operations=UNAMID parties=MONUC", true, false},
		{"operation:MONUC", "endorsement operations=MONUC parties=UNHCR", false, true},
		{"operation:MONUC", "return operations=ONUB contributors=BGD", false, false},
		{"operation:MONUC", "instrument operations=MONUC parties=UNSC", false, true},
		{"operation:MONUC", "ceiling operations=MONUC", false, true},
		/* A partner's side of what is shared. */
		{"partner-desk:AU", "instrument operations=UNAMID parties=AU", true, true},
		{"partner-desk:AU", "instrument operations=UNAMID parties=UNSC", false, true},
		{"partner-desk:AU", "arrangement operations=AMIS,UNAMID parties=AU", true, true},
		{"partner-desk:AU", "acceptance parties=AU", true, true},
		{"partner-desk:AU", "acceptance parties=UN", false, true},
		{"partner-desk:AU", "endorsement operations=UNAMID parties=AU", true, true},
		{"partner-desk:AU", "claim operations=UNAMID parties=AU", true, true},
		{"partner-desk:AU", "claim operations=UNAMID", false, true},
		{"partner-desk:AU", "amount operations=UNAMID parties=AU", true, false},
		{"partner-desk:AU", "pledge contributors=RWA", false, false},
		{"headquarters", "pledge contributors=RWA", false, true},
		{"headquarters", "total operations=MONUC", false, true},
		{"duty-desk", "alert operations=MONUC", false, true},
		{"observer:MONUC", "return operations=MONUC contributors=BGD", false, true},
		{"observer:MONUC", "return operations=ONUB contributors=BGD", false, false},
		{"observer:MONUC,ONUB", "return operations=ONUB contributors=BGD", false, true},
		{"observer:EUFOR Althea", "total operations=\"EUFOR Althea\"", false, true},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *const roles[] = {cases[i].role, NULL};
		Mandate__Office *o = office_with(*state, roles);
		struct grants_names names = names_of(*state, cases[i].record);

		if (grants_may_write(o, &names, 0) != cases[i].writes)
			fail_msg("%s %s %s", cases[i].role,
				 cases[i].writes ? "must write" : "must not write",
				 cases[i].record);
		/* What may be written may be read; an amount by its write grant, too. */
		if (grants_may_read(o, &names, 0) != (cases[i].reads || cases[i].writes))
			fail_msg("%s %s %s", cases[i].role,
				 cases[i].reads ? "must read" : "must not read", cases[i].record);
		arena_reset(*state);
	}
}

static void every_shipped_role_says_what_it_is(void **state)
{
	struct ctl_roles r;
	struct error err = {.status = STATUS_OK};

	(void)state;
	assert_int_equal(ctl_roles_read(&r, SHIPPED, &err), STATUS_OK);
	assert_true(r.count >= 10);
	for (size_t i = 0; i < r.count; i++) {
		assert_non_null(r.roles[i].is);
		assert_true(r.roles[i].grant_count > 0);
	}
	ctl_roles_free(&r);
}

static void a_role_wants_what_it_is_given_with(void **state)
{
	static const struct {
		const char *role, *told;
	} cases[] = {{"contributor", "given as contributor:CODE"},
		     {"contributor:BGD:PAK", "given as contributor:CODE"},
		     {"headquarters:MONUC", "given as headquarters"},
		     {"host:COD", "given as host:CODE:OPERATION"},
		     {"contributor:", "1 to 64 bytes"},
		     {"contributors:BGD", "no role \"contributors:BGD\": there are council-desk,"},
		     {"observer:EUFOR Althea,MONUC", "stand in quotes"}};
	struct ctl_roles r;
	struct error err = {.status = STATUS_OK};
	Mandate__Grant **grants;
	size_t count;

	assert_int_equal(ctl_roles_read(&r, SHIPPED, &err), STATUS_OK);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(ctl_roles_grants(&r, *state, cases[i].role, &grants, &count, &err),
				 STATUS_INVALID);
		if (!strstr(err.text, cases[i].told))
			fail_msg("%s: \"%s\" does not say \"%s\"", cases[i].role, err.text,
				 cases[i].told);
	}
	assert_int_equal(ctl_roles_grants(&r, *state, "observer:\"EUFOR Althea\",MONUC", &grants,
					  &count, &err),
			 STATUS_OK);
	assert_string_equal(ctl_grant_text(*state, grants[0]),
			    "read operations=\"EUFOR Althea\",MONUC");
	ctl_roles_free(&r);
}

static void a_mistake_in_the_file_is_named_where_it_stands(void **state)
{
	static const struct {
		const char *content, *told;
	} cases[] = {{"grant = read\n", ":1: no role"},
		     {"[a]\ngrant = read\n[a]\n", ":3: role a stands twice"},
		     {"[a X]\n\ngrant = read operations=${Y}\n", ":3: role a has no parameter Y"},
		     {"[a X]\ngrant = raed operations=${X}\n", ":2: \"raed\""},
		     {"[a:b]\n", ":1: a role has a name"},
		     {"[ ]\n", ":1: a role has a name"},
		     {"[a]\nis it\n", ":2: not of the form"},
		     {"[a]\nhas = this\n", ":2: a role has: is, grant"},
		     {"[a A B C D E]\n", ":1: more than 4 parameters"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char path[] = "/tmp/mandated-roles-XXXXXX";
		struct ctl_roles r;
		struct error err = {.status = STATUS_OK};
		int fd = mkstemp(path);

		assert_true(fd >= 0);
		assert_int_equal(write(fd, cases[i].content, strlen(cases[i].content)),
				 strlen(cases[i].content));
		close(fd);
		assert_int_equal(ctl_roles_read(&r, path, &err), STATUS_INVALID);
		unlink(path);
		if (!strstr(err.text, cases[i].told))
			fail_msg("\"%s\" does not say \"%s\"", err.text, cases[i].told);
		ctl_roles_free(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_grant_is_listed_as_it_is_given),
		cmocka_unit_test(what_is_no_grant_is_named),
		cmocka_unit_test(every_shipped_role_says_what_it_is),
		cmocka_unit_test(the_shipped_roles_say_who_decides_what),
		cmocka_unit_test(a_role_wants_what_it_is_given_with),
		cmocka_unit_test(a_mistake_in_the_file_is_named_where_it_stands),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
