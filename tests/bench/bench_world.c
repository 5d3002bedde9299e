/* Operations as they are: a mandate extended twice a year, a head-count a month, units that rotate,
 * a budget a year, and whatever else there is of a partnership. */
#include "tests/bench/bench_apply.h"

#include "base/day.h"

#include <stdarg.h>
#include <stdio.h>

enum {
	LAST_YEAR = 2026, /* changes are made on 15 June of it */
	LAST_MONTH = 6,
	MONTH_DAY = 15,
	CONTRIBUTORS = 100,
	ROWS = 20,	/* of a return */
	ESTIMATED = 10, /* contributors on a map */
	SHARES = 20,
	HOSTS = 90,
	RANKS = 5,
	NEEDS = 5,	    /* requirements a year, with a pledge each */
	FUNCTION_YEARS = 5, /* until another function is handed over */
};

struct line {
	char text[WORLD_LINE_BYTES];
	size_t len;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *l, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	l->len += (size_t)vsnprintf(l->text + l->len, sizeof l->text - l->len, format, args);
	va_end(args);
	if (l->len >= sizeof l->text)
		bench_fail("too long: %s", l->text);
}

/* --- records --- */

/* Which record of a kind: `which` is one of those of a month. `number` is what a correction
 * changes. */
struct fact {
	const struct world *w;
	unsigned op, next_op;
	int first_year, year, month;
	unsigned which, number;
};

#define OPERATION "'operation':'OP-%03u'"
#define OTHER "'other_operation':'OP-%03u'"

static void write_operation(struct line *l, const struct fact *f)
{
	add(l,
	    "{'operation':{'acronym':'OP-%03u','kind':'un_pko','financing':'assessed',"
	    "'hosts':['H%02u'],'start_date':'%d-01-01','headquarters':'Camp %u',"
	    "'mandate_series_from':'%d-01-01','mandate_series_to':'to_end'}}",
	    f->op, f->op % HOSTS, f->first_year, f->number, f->first_year);
}

/* A function of its own, in the years that have one. */
static void write_claim(struct line *l, const struct fact *f)
{
	add(l,
	    "{'claim':{'function':'Task %d','area':'Area %u'," OPERATION
	    ",'from':'%d-01-01','party':'UN','document':'S/%u'}}",
	    f->year, f->op, f->op, f->year, f->number);
}

/* In January and in June, for half a year. */
static void write_instrument(struct line *l, const struct fact *f)
{
	bool later = f->month >= 6;
	bool first = f->year == f->first_year + 1 && !later;

	add(l,
	    "{'instrument':{" OPERATION ",'party':'UNSC','document':'S/RES/%d%02d','action':'%s',"
	    "'adopted':'%d-%s','effective':'%d-%s','valid_until':'%d-%s',"
	    "'ceilings':[{'component':'military','persons':%u},"
	    "{'component':'police','persons':%u}],"
	    "'tasks':['Protection of civilians','Support of the political process']}}",
	    f->op, f->year, f->month, first ? "establish" : "extend", f->year,
	    later ? "06-10" : "01-01", f->year, later ? "07-01" : "01-01", f->year,
	    later ? "12-31" : "06-30", 90000 + f->number, 6000 + f->number);
}

static void write_ceiling(struct line *l, const struct fact *f)
{
	add(l,
	    "{'ceiling':{" OPERATION ",'document':'S/RES/%d01','component':'observers',"
	    "'from':'%d-02-01','until':'%d-08-31','persons':%u}}",
	    f->op, f->year, f->year, f->year, 700 + f->number);
}

static void write_return(struct line *l, const struct fact *f)
{
	add(l, "{'return':{" OPERATION ",'as_of':'%d-%02d-05','counts':[", f->op, f->year,
	    f->month);
	for (unsigned i = 0; i < ROWS; i++)
		add(l,
		    "%s{'contributor':'C%02u','component':'individual_police','persons':%u},"
		    "{'contributor':'C%02u','component':'troops','persons':%u}",
		    i ? "," : "", i, 10 + f->number % 7, i,
		    f->w->units * 100 / ROWS + f->number % 10);
	add(l, "]}}");
}

static void write_total(struct line *l, const struct fact *f)
{
	add(l, "{'total':{" OPERATION ",'as_of':'%d-%02d-03','component':'military','persons':%u}}",
	    f->op, f->year, f->month, 10000 + f->number);
}

static void write_estimate(struct line *l, const struct fact *f)
{
	add(l,
	    "{'estimate':{" OPERATION ",'as_of':'%d-%02d-01','detail':'contributor',"
	    "'contributors':[",
	    f->op, f->year, f->month);
	for (unsigned i = 0; i < ESTIMATED; i++)
		add(l, "%s{'contributor':'C%02u','persons':%u}", i ? "," : "", i, 800 + f->number);
	add(l, "]}}");
}

/* From one July to the next. The first of each operation has no memorandum. */
static void write_unit(struct line *l, const struct fact *f)
{
	add(l,
	    "{'unit':{" OPERATION ",'contributor':'C%02u','unit':'Battalion %u-%u',"
	    "'from':'%d-07-%02u','to':'%d-07-%02u','component':'troops','persons':%u,"
	    "'task':'infantry','location':'Sector %u'",
	    f->op, f->which % CONTRIBUTORS, f->op, f->which, f->year - 1, f->which % 27 + 2,
	    f->year, f->which % 27 + 1, 100 + f->number % 10, f->which % 4);
	if (f->which)
		add(l, ",'mou':'MOU-%u','mou_signed':'%d-05-01'", f->which, f->year - 1);
	add(l, "}}");
}

/* A unit is lent for a few weeks. */
static void write_transfer(struct line *l, const struct fact *f)
{
	add(l,
	    "{'transfer':{'contributor':'C01','unit':'Battalion %u-1','day':'%d-05-10'," OPERATION
	    "," OTHER ",'return_day':'%d-06-%02u'}}",
	    f->op, f->year, f->op, f->next_op, f->year, 20 + f->number % 8);
}

static void write_requirement(struct line *l, const struct fact *f)
{
	add(l,
	    "{'requirement':{" OPERATION ",'requirement':'SUR %d-%u','task':'infantry',"
	    "'component':'troops','persons':%u,'needed_by':'%d-03-01','until':'%d-12-31'}}",
	    f->op, f->year, f->which, 500 + f->number, f->year, f->year);
}

/* The first of each year falls short. */
static void write_pledge(struct line *l, const struct fact *f)
{
	add(l,
	    "{'pledge':{'contributor':'C%02u','pledge':'P-%u-%d-%u'," OPERATION
	    ",'requirement':'SUR %d-%u','component':'troops','persons':%u,"
	    "'registered':'%d-01-10','available':'%d-06-01'}}",
	    f->which, f->op, f->year, f->which, f->op, f->year, f->which,
	    (f->which ? 2000 : 200) + f->number, f->year, f->year);
}

/* Two steps of each pledge by turns, which is withdrawn at the end of the year. */
static void write_step(struct line *l, const struct fact *f)
{
	static const char *const states[] = {"assessed", "verified", "withdrawn"};
	unsigned pledge = f->month == 12 ? f->which : f->which / 2;
	unsigned step = f->month == 12 ? 2 : f->which % 2;

	add(l,
	    "{'pledge_step':{'contributor':'C%02u','pledge':'P-%u-%d-%u','step':%u,'state':'%s',"
	    "'day':'%d-%02d-10','document':'Note %u'}}",
	    pledge, f->op, f->year, pledge, step + 1, states[step], f->year, f->month, f->number);
}

#define PERIOD "'period_start':'%d-07-01','period_end':'%d-06-30'"

static void write_amount(struct line *l, const struct fact *f)
{
	bool assessed = f->which;

	add(l,
	    "{'amount':{" OPERATION "," PERIOD
	    ",'kind':'%s','party':'UNGA','currency':'USD','document':'A/RES/%d','amount':%u",
	    f->op, f->year - 1, f->year, assessed ? "assessment" : "appropriation", f->year,
	    900000000 + f->number);
	for (unsigned i = 0; assessed && i < SHARES; i++)
		add(l, "%s{'contributor':'C%02u','amount':%u}", i ? "," : ",'shares':[", i,
		    40000000 + f->number);
	add(l, "%s}}", assessed ? "]" : "");
}

static void write_payment(struct line *l, const struct fact *f)
{
	add(l,
	    "{'payment':{" OPERATION "," PERIOD
	    ",'contributor':'C%02u','currency':'USD','day':'%d-02-01','amount':%u}}",
	    f->op, f->year - 1, f->year, f->which, f->year, 30000000 + f->number);
}

static void write_priorities(struct line *l, const struct fact *f)
{
	add(l, "{'priorities':{" OPERATION ",'document':'Plan %d','date':'%d-01-20','items':[",
	    f->op, f->year, f->year);
	for (unsigned i = 1; i <= RANKS; i++)
		add(l, "%s{'rank':%u,'task':'Task %u','lead':'%s','indicator':'at least %u'}",
		    i > 1 ? "," : "", i, i, i % 2 ? "UN" : "AU", f->number);
	add(l, "]}}");
}

static void write_endorsement(struct line *l, const struct fact *f)
{
	add(l,
	    "{'endorsement':{" OPERATION
	    ",'document':'Plan %d','owner':'%s','version':1,'day':'%d-02-%02u'}}",
	    f->op, f->year, f->which ? "UN" : "AU", f->year, 1 + f->number % 14);
}

static void write_consent(struct line *l, const struct fact *f)
{
	add(l,
	    "{'consent':{" OPERATION
	    ",'host':'H%02u','day':'%d-02-01','state':'given','document':'SOFA %u'}}",
	    f->op, f->op % HOSTS, f->year, f->number);
}

/* Which the neighbour takes over. */
static void write_handover(struct line *l, const struct fact *f)
{
	add(l,
	    "{'arrangement':{'arrangement':'H-%u-%d','kind':'handover_of_function',"
	    "'sides':[{'parties':['UN']},{'parties':['AU']}]," OPERATION "," OTHER
	    ",'functions':['Task %d'],'area':'Area %u','proposed':'%d-01-05',"
	    "'effective':'%d-04-01','subject':'Handover %u'}}",
	    f->op, f->year, f->op, f->next_op, f->year, f->op, f->year, f->year, f->number);
}

static void write_acceptance(struct line *l, const struct fact *f)
{
	add(l,
	    "{'acceptance':{'arrangement':'H-%u-%d','party':'%s','reply':'accepted',"
	    "'day':'%d-01-15','document':'Letter %u'}}",
	    f->op, f->year, f->which ? "UN" : "AU", f->year, f->number);
}

/* --- kinds --- */

#define MONTH(n) (1 << (n))

enum {
	ONCE = 0,
	EARLY = MONTH(1),
	LATE = MONTH(12),
	SPRING = MONTH(2), /* what is due a year is told then */
	HALVES = MONTH(1) | MONTH(6),
	QUARTERS = MONTH(1) | MONTH(4) | MONTH(7) | MONTH(10),
	MONTHLY = 0x1ffe,
	ALL_UNITS = 0,
};

static const struct kind {
	const char *name;
	void (*write)(struct line *l, const struct fact *f);
	unsigned count; /* of them an operation, whenever they are told */
	int months;	/* when they are told */
	int rare;	/* only every so many years */
} kinds[] = {
	{"operation", write_operation, 1, ONCE},
	{"instrument", write_instrument, 1, HALVES},
	{"ceiling", write_ceiling, 1, EARLY},
	{"return", write_return, 1, MONTHLY},
	{"total", write_total, 1, MONTHLY},
	{"estimate", write_estimate, 1, QUARTERS},
	{"unit", write_unit, ALL_UNITS, SPRING},
	/* Of the whole partnership only. */
	{"claim", write_claim, 1, SPRING, FUNCTION_YEARS},
	{"transfer", write_transfer, 1, SPRING},
	{"requirement", write_requirement, NEEDS, SPRING},
	{"pledge", write_pledge, NEEDS, SPRING},
	{"pledge step", write_step, 2 * NEEDS, SPRING},
	{"amount", write_amount, 2, SPRING},
	{"payment", write_payment, 10, SPRING},
	{"priorities", write_priorities, 1, SPRING},
	{"endorsement", write_endorsement, 2, SPRING},
	{"consent", write_consent, 1, SPRING},
	{"arrangement", write_handover, 1, SPRING, FUNCTION_YEARS},
	{"acceptance", write_acceptance, 2, SPRING, FUNCTION_YEARS},
	/* What is only history. */
	{"last pledge step", write_step, NEEDS, LATE},
};

enum { ALL_KINDS = sizeof kinds / sizeof *kinds };
_Static_assert((int)ALL_KINDS == (int)WORLD_KINDS + 1, "as many as the header says");

const char *world_kind_name(unsigned kind)
{
	return kinds[kind].name;
}

static unsigned count_of(const struct world *w, const struct kind *kind)
{
	return kind->count == ALL_UNITS ? w->units : kind->count;
}

static struct fact fact_of(const struct world *w, unsigned op)
{
	return (struct fact){.w = w,
			     .op = op,
			     .next_op = (op + 1) % w->operations,
			     .first_year = LAST_YEAR - (int)w->years};
}

/* --- history --- */

static void tell(struct bench_machine *m, const struct kind *kind, const struct fact *f)
{
	static struct line l;

	l.len = 0;
	kind->write(&l, f);
	bench_machine_change(m, l.text);
}

/* What of an operation is told in a month, or once. */
static void tell_month(struct bench_machine *m, struct fact f, int year, int month)
{
	f.year = year;
	f.month = month;
	for (unsigned k = 0; k < (f.w->whole ? (unsigned)ALL_KINDS : WORLD_MAIN); k++) {
		bool now = month ? kinds[k].months & MONTH(month) : kinds[k].months == ONCE;

		if (kinds[k].rare && (LAST_YEAR - year) % kinds[k].rare != 0)
			continue;
		for (f.which = 0; now && f.which < count_of(f.w, &kinds[k]); f.which++)
			tell(m, &kinds[k], &f);
	}
}

static void tell_partners(struct bench_machine *m)
{
	static const char *const organizations[] = {"UNSC", "UNGA", "UN", "AU"};
	char line[64];

	for (size_t i = 0; i < sizeof organizations / sizeof *organizations; i++) {
		snprintf(line, sizeof line, "{'partner':{'code':'%s'}}", organizations[i]);
		bench_machine_change(m, line);
	}
	for (unsigned i = 0; i < CONTRIBUTORS; i++) {
		snprintf(line, sizeof line, "{'partner':{'code':'C%02u'}}", i);
		bench_machine_change(m, line);
	}
}

void world_build(const struct world *w, struct bench_machine *m)
{
	int first_year = LAST_YEAR - (int)w->years;

	bench_machine_day(m, day_from_civil(first_year, 1, 1));
	tell_partners(m);
	for (unsigned op = 0; op < w->operations; op++)
		tell_month(m, fact_of(w, op), first_year, ONCE);
	for (int year = first_year + 1; year <= LAST_YEAR; year++)
		for (int month = 1; month <= (year < LAST_YEAR ? 12 : LAST_MONTH); month++) {
			bench_machine_day(m, day_from_civil(year, month, MONTH_DAY));
			for (unsigned op = 0; op < w->operations; op++)
				tell_month(m, fact_of(w, op), year, month);
		}
	bench_machine_flush(m);
}

/* --- changes --- */

void world_change(const struct world *w, unsigned kind, uint64_t random,
		  char ret_json[WORLD_LINE_BYTES])
{
	static struct line l;
	struct fact f = fact_of(w, (unsigned)(random % w->operations));

	f.year = LAST_YEAR;
	for (f.month = LAST_MONTH; f.month > 1 && !(kinds[kind].months & MONTH(f.month));)
		f.month--;
	f.which = (unsigned)(random >> 20) % count_of(w, &kinds[kind]);
	f.number = (unsigned)(random >> 40) % 1000;
	l.len = 0;
	add(&l, "{'action':'correct','record':");
	kinds[kind].write(&l, &f);
	add(&l, "}");
	memcpy(ret_json, l.text, l.len + 1);
}
