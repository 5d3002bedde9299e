/* Every alert of DEFINITIONS section 7 as the state machine tells of it: what opens it, what
 * sharpens it, and each reason for which it closes. An edition that ends an alert corrects it,
 * whatever else it says; what ends it by another record, or as days go by, resolves it. */
#include "service_support.h"

#include "model/names.h"
#include "record_text.h"

enum { ACTS_MAX = 8, SAID_BYTES = 256 };

/* What happens, and what is then said of the alert: "opened warn", "closed over", "" for nothing.
 */
struct act {
	const char *what; /* "day 2004-10-31" or a record's line, after "correct" or "retract" */
	const char *said;
};

struct story {
	Mandate__AlertCode code;
	const char *key;
	const char *given; /* lines of records */
	struct act acts[ACTS_MAX];
};

#define CODE(name) MANDATE__ALERT_CODE__ALERT_CODE_##name
#define TEXT(number, action, adopted, more)                                                        \
	"instrument operation=A party=UNSC document=S/RES/" number " action=" action               \
	" adopted=" adopted " " more "\n"
#define DECISION(number, action, adopted, more)                                                    \
	"instrument operation=A party=AU document=PSC/" number " action=" action                   \
	" adopted=" adopted " " more "\n"
#define COUNT(as_of, component, persons)                                                           \
	"return operation=A as_of=" as_of " counts=contributor:GHA,component:" component           \
	",persons:" persons "\n"
#define UNIT(name, from, more)                                                                     \
	"unit operation=A contributor=GHA unit=" name " from=" from                                \
	" component=troops persons=50 " more "\n"
#define AMOUNT(start, end, kind, number, more)                                                     \
	"amount operation=A period_start=" start " period_end=" end " kind=" kind                  \
	" party=UNGA currency=USD document=A/" number " " more "\n"
#define ACCEPTS(name, party, date)                                                                 \
	"acceptance arrangement=" name " party=" party " reply=accepted day=" date "\n"

#define YEAR TEXT("1", "establish", "2000-01-01", "valid_until=2000-12-31")
#define CEILING                                                                                    \
	TEXT("1", "establish", "2000-01-01",                                                       \
	     "valid_until=2000-06-30 ceilings=component:military,persons:100")

static const struct story ceilings[] = {
	{CODE(CEIL_OVER),
	 "A:military",
	 CEILING,
	 {{"day 2000-02-29", ""},
	  {COUNT("2000-02-29", "troops", "130"), "opened warn"},
	  {"day 2000-03-29", ""},
	  {"day 2000-03-30", "changed alarm"},
	  {"day 2000-03-31", ""},
	  {COUNT("2000-03-31", "troops", "100"), "closed resolved"}}},
	{CODE(CEIL_OVER),
	 "A:military",
	 CEILING COUNT("2000-02-29", "troops", "130"),
	 {{"day 2000-03-01", "opened warn"},
	  {"correct " COUNT("2000-02-29", "troops", "100"), "closed corrected"}}},
	{CODE(CEIL_OVER),
	 "A:military",
	 CEILING COUNT("2000-02-29", "troops", "130"),
	 {{"day 2000-05-31", "opened alarm"}, {"day 2000-06-01", "closed stale"}}},
	{CODE(CEIL_OVER),
	 "A:military",
	 CEILING COUNT("2000-05-31", "troops", "130"),
	 {{"day 2000-06-29", "opened warn"},
	  {"day 2000-06-30", "changed alarm"},
	  {"day 2000-07-01", "closed over"}}},
	{CODE(CEIL_UNSET),
	 "A:police",
	 CEILING,
	 {{"day 2000-02-29", ""},
	  {COUNT("2000-02-29", "police", "30"), "opened info"},
	  {TEXT("2", "amend", "2000-02-28", "ceilings=component:police,persons:40"),
	   "closed resolved"}}},
	{CODE(CEIL_UNSET),
	 "A:police",
	 CEILING COUNT("2000-02-29", "police", "30"),
	 {{"day 2000-02-29", "opened info"},
	  {"retract " COUNT("2000-02-29", "police", "30"), "closed corrected"}}},
	{CODE(CEIL_UNSET),
	 "A:police",
	 CEILING COUNT("2000-02-29", "police", "30"),
	 {{"day 2000-05-31", "opened info"}, {"day 2000-06-01", "closed stale"}}},
	{CODE(CEIL_UNSET),
	 "A:police",
	 CEILING COUNT("2000-05-31", "police", "30"),
	 {{"day 2000-06-30", "opened info"}, {"day 2000-07-01", "closed over"}}},
	/* The worse of two is told: a sum, then a number of its own. */
	{CODE(CEIL_SUB),
	 "A:military",
	 TEXT("1", "establish", "2000-01-01",
	      "valid_until=2000-06-30 ceilings=component:uniformed,persons:500|"
	      "component:military,persons:100|component:troops,persons:90|"
	      "component:observers,persons:20"),
	 {{"day 2000-01-01", "opened warn"},
	  {"ceiling operation=A document=S/RES/1 component=military from=2000-02-01 persons=600",
	   ""},
	  {"ceiling operation=A document=S/RES/1 component=troops from=2000-02-01 persons=590", ""},
	  {"day 2000-02-01", "changed alarm"},
	  {TEXT("2", "amend", "2000-02-01", "ceilings=component:military,persons:490"),
	   "changed warn"},
	  {TEXT("3", "amend", "2000-02-01", "ceilings=component:troops,persons:400"),
	   "closed resolved"}}},
	{CODE(CEIL_SUB),
	 "A:troops",
	 TEXT("1", "establish", "2000-01-01",
	      "valid_until=2000-06-30 ceilings=component:military,persons:100|"
	      "component:troops,persons:900"),
	 {{"day 2000-01-01", "opened alarm"},
	  {"correct " TEXT("1", "establish", "2000-01-01",
			   "valid_until=2000-06-30 ceilings=component:military,persons:100|"
			   "component:troops,persons:90"),
	   "closed corrected"}}},
	{CODE(CEIL_SUB),
	 "A:troops",
	 TEXT("1", "establish", "2000-01-01",
	      "valid_until=2000-06-30 ceilings=component:military,persons:100|"
	      "component:troops,persons:900"),
	 {{"day 2000-06-30", "opened alarm"}, {"day 2000-07-01", "closed over"}}},
};

#define HYBRID                                                                                     \
	"arrangement arrangement=H kind=hybrid sides=parties:UN|parties:AU operation=A "           \
	"effective=2000-01-01 end=2000-06-20\n" ACCEPTS("H", "UN", "2000-01-01")                   \
		ACCEPTS("H", "AU", "2000-01-01")
#define BOTH HYBRID YEAR DECISION("1", "establish", "2000-01-01", "valid_until=2000-06-15")

static const struct story mandates[] = {
	{CODE(MAND_EXPIRING),
	 "A:UNSC:2000-12-31",
	 YEAR,
	 {{"day 2000-10-01", ""},
	  {"day 2000-10-02", "opened info"},
	  {"day 2000-11-01", "changed info"},
	  {"day 2000-12-01", "changed warn"},
	  {"day 2000-12-17", "changed warn"},
	  {"day 2000-12-24", "changed warn"},
	  {"day 2000-12-31", ""},
	  {"day 2001-01-01", "closed over"}}},
	{CODE(MAND_EXPIRING),
	 "A:UNSC:2000-12-31",
	 YEAR,
	 {{"day 2000-12-20", "opened warn"},
	  {TEXT("2", "extend", "2000-12-20", "valid_until=2001-01-31"), "closed superseded"}}},
	{CODE(MAND_EXPIRING),
	 "A:UNSC:2001-01-31",
	 YEAR,
	 {{"day 2000-12-20", ""},
	  {TEXT("2", "extend", "2000-12-20", "valid_until=2001-01-31"), "opened info"}}},
	/* "no terminate adopted": with the same last day there is nothing to renew any more. */
	{CODE(MAND_EXPIRING),
	 "A:UNSC:2000-12-31",
	 YEAR,
	 {{"day 2000-12-20", "opened warn"},
	  {TEXT("2", "terminate", "2000-12-20", "valid_until=2000-12-31"), "closed resolved"}}},
	{CODE(MAND_EXPIRING),
	 "A:UNSC:2000-12-31",
	 YEAR,
	 {{"day 2000-12-20", "opened warn"}, {"retract " YEAR, "closed corrected"}}},
	{CODE(MAND_LAPSED),
	 "A:UNSC",
	 YEAR,
	 {{"day 2000-12-31", ""},
	  {"day 2001-01-01", "opened alarm"},
	  {TEXT("2", "extend", "2001-01-01", "valid_until=2001-12-31"), "closed resolved"}}},
	{CODE(MAND_LAPSED),
	 "A:UNSC",
	 YEAR,
	 {{"day 2001-01-01", "opened alarm"},
	  {"correct operation acronym=A kind=un_pko hosts=XKX end_date=2000-12-31",
	   "closed corrected"}}},
	{CODE(MAND_LAPSED),
	 "A:AU",
	 BOTH,
	 {{"day 2000-06-15", ""},
	  {"day 2000-06-16", "opened alarm"},
	  {"day 2000-06-21", "closed over"}}},
	{CODE(MAND_LAPSED),
	 "B:UNSC",
	 "correct operation acronym=B kind=partner\n"
	 "instrument operation=B party=UNSC document=S/RES/1 action=establish adopted=2000-01-01 "
	 "valid_until=2000-12-31",
	 {{"day 2001-01-01", "opened info"}}},
	{CODE(MAND_ONE_SIDED),
	 "A",
	 BOTH,
	 {{"day 2000-05-15", ""},
	  {"day 2000-05-16", "opened alarm"},
	  {DECISION("2", "extend", "2000-05-16", "valid_until=2000-12-31"), "closed resolved"}}},
	{CODE(MAND_ONE_SIDED),
	 "A",
	 BOTH,
	 {{"day 2000-05-16", "opened alarm"},
	  {"correct " DECISION("1", "establish", "2000-01-01", "valid_until=2000-12-31"),
	   "closed corrected"}}},
	{CODE(MAND_ONE_SIDED),
	 "A",
	 BOTH,
	 {{"day 2000-05-16", "opened alarm"}, {"day 2000-06-21", "closed over"}}},
};

#define ENDED                                                                                      \
	TEXT("1", "establish", "2000-01-01", "valid_until=2000-06-30")                             \
	TEXT("2", "terminate", "2000-06-20", "valid_until=2000-06-30 withdraw_by=2000-08-31")

static const struct story forces[] = {
	{CODE(DEP_NO_MANDATE),
	 "A",
	 ENDED UNIT("REAR", "2000-03-01", "to=2000-09-10"),
	 {{"day 2000-08-31", ""},
	  {"day 2000-09-01", "opened alarm"},
	  {"day 2000-09-11", "closed resolved"}}},
	{CODE(DEP_NO_MANDATE),
	 "A",
	 ENDED COUNT("2000-09-01", "troops", "20"),
	 {{"day 2000-09-01", "opened alarm"},
	  {"correct return operation=A as_of=2000-09-01", "closed corrected"}}},
	{CODE(DEP_ARRIVES_ENDED),
	 "A:GHA:LATE:2000-07-10",
	 ENDED UNIT("LATE", "2000-07-10", "to=2000-07-20"),
	 {{"day 2000-07-09", ""},
	  {"day 2000-07-10", "opened alarm"},
	  {"day 2000-07-21", "closed resolved"}}},
	{CODE(DEP_ARRIVES_ENDED),
	 "A:GHA:LATE:2000-07-10",
	 ENDED UNIT("LATE", "2000-07-10", ""),
	 {{"day 2000-07-10", "opened alarm"},
	  {"correct " UNIT("LATE", "2000-07-10", "task=guard"), "closed corrected"}}},
	{CODE(DEP_DOUBLE),
	 "GHA:BATT",
	 UNIT("BATT", "2000-03-01", "to=2000-04-10") "unit operation=B contributor=GHA unit=BATT "
						     "from=2000-04-01 component=troops persons=50",
	 {{"day 2000-03-31", ""},
	  {"day 2000-04-01", "opened alarm"},
	  {"day 2000-04-11", "closed resolved"}}},
	{CODE(DEP_DOUBLE),
	 "GHA:BATT",
	 UNIT("BATT", "2000-03-01", "") "unit operation=B contributor=GHA unit=BATT "
					"from=2000-04-01 component=troops persons=50",
	 {{"day 2000-04-05", "opened alarm"},
	  {"correct " UNIT("BATT", "2000-03-01", "to=2000-03-31"), "closed corrected"}}},
	{CODE(DEP_STALE),
	 "A:military",
	 YEAR COUNT("2000-02-29", "troops", "20"),
	 {{"day 2000-04-14", ""},
	  {"day 2000-04-15", "opened warn"},
	  {"total operation=A as_of=2000-04-10 component=troops persons=19", ""},
	  {"estimate operation=A as_of=2000-03-31 detail=contributor "
	   "contributors=contributor:GHA,persons:10",
	   ""},
	  {COUNT("2000-03-31", "troops", "20"), "closed resolved"}}},
	{CODE(DEP_STALE),
	 "A:military",
	 YEAR COUNT("2000-02-29", "troops", "20"),
	 {{"day 2000-04-15", "opened warn"},
	  {"correct return operation=A as_of=2000-02-29", "closed over"}}},
	{CODE(DEP_STALE),
	 "A:military",
	 YEAR COUNT("2000-02-29", "troops", "20"),
	 {{"day 2000-04-15", "opened warn"},
	  {"retract " COUNT("2000-02-29", "troops", "20"), "closed corrected"}}},
	{CODE(DEP_STALE),
	 "A:military",
	 YEAR COUNT("2000-02-29", "troops", "20"),
	 {{"day 2000-12-31", "opened warn"}, {"day 2001-01-01", "closed over"}}},
	{CODE(MOU_MISSING),
	 "A:GHA:BATT:2000-01-10",
	 YEAR UNIT("BATT", "2000-01-10", "mou=M mou_signed=2000-05-01"),
	 {{"day 2000-04-09", ""},
	  {"day 2000-04-10", "opened warn"},
	  {"day 2000-05-01", "closed resolved"}}},
	{CODE(MOU_MISSING),
	 "A:GHA:BATT:2000-01-10",
	 YEAR UNIT("BATT", "2000-01-10", ""),
	 {{"day 2000-04-10", "opened warn"},
	  {"correct " UNIT("BATT", "2000-01-10", "mou=M mou_signed=2000-01-01"),
	   "closed corrected"}}},
	{CODE(MOU_MISSING),
	 "A:GHA:BATT:2000-01-10",
	 YEAR UNIT("BATT", "2000-01-10", "to=2000-04-20"),
	 {{"day 2000-04-10", "opened warn"}, {"day 2000-04-21", "closed over"}}},
};

#define NEED                                                                                       \
	"requirement operation=A requirement=SUR component=troops persons=80 "                     \
	"needed_by=2000-06-01 until=2000-09-30\n"
#define PLEDGE                                                                                     \
	"pledge contributor=GHA pledge=P operation=A requirement=SUR component=troops "            \
	"persons=80 registered=2000-01-15 "
#define STEP(number, state, date)                                                                  \
	"pledge_step contributor=GHA pledge=P step=" number " state=" state " day=" date

static const struct story pledges[] = {
	{CODE(PLEDGE_GAP),
	 "A:SUR",
	 NEED,
	 {{"day 2000-03-02", ""},
	  {"day 2000-03-03", "opened warn"},
	  {PLEDGE "available=2000-07-01", ""},
	  {"day 2000-04-01", ""},
	  {"day 2000-04-02", "closed resolved"}}},
	{CODE(PLEDGE_GAP),
	 "A:SUR",
	 NEED,
	 {{"day 2000-03-03", "opened warn"},
	  {"correct requirement operation=A requirement=SUR component=troops persons=0 "
	   "needed_by=2000-06-01",
	   "closed corrected"}}},
	{CODE(PLEDGE_GAP),
	 "A:SUR",
	 NEED,
	 {{"day 2000-09-30", "opened warn"}, {"day 2000-10-01", "closed over"}}},
	{CODE(PLEDGE_STALE),
	 "GHA:P",
	 PLEDGE,
	 {{"day 2001-01-15", ""},
	  {"day 2001-01-16", "opened info"},
	  {STEP("1", "renewed", "2001-01-16"), "closed resolved"},
	  {"day 2001-07-16", ""},
	  {"day 2001-07-17", "opened info"},
	  {STEP("2", "withdrawn", "2001-07-17"), "closed over"}}},
	{CODE(PLEDGE_STALE),
	 "GHA:P",
	 PLEDGE,
	 {{"day 2001-01-16", "opened info"},
	  {"correct pledge contributor=GHA pledge=P operation=A component=troops persons=80 "
	   "registered=2000-06-15",
	   "closed corrected"}}},
};

#define HANDOVER                                                                                   \
	"arrangement arrangement=X kind=parallel sides=parties:UN|parties:EU operation=A "         \
	"effective=2000-06-30 end=2000-08-31\n"
#define SUCCESSION(day)                                                                            \
	"arrangement arrangement=S kind=succession sides=parties:UN operation=A "                  \
	"other_operation=B effective=" day "\n" ACCEPTS("S", "UN", "2000-02-01")
#define CLAIM(operation, from, more)                                                               \
	"claim function=policing area=XKX operation=" operation " from=" from " " more "\n"

static const struct story partnerships[] = {
	{CODE(HANDOVER_ONE_SIDE),
	 "X",
	 HANDOVER,
	 {{"day 2000-03-01", ""},
	  {ACCEPTS("X", "EU", "2000-03-01"), ""},
	  {"day 2000-03-30", ""},
	  {"day 2000-03-31", "opened alarm"},
	  {ACCEPTS("X", "UN", "2000-03-31"), "closed resolved"}}},
	{CODE(HANDOVER_ONE_SIDE),
	 "X",
	 HANDOVER ACCEPTS("X", "EU", "2000-06-10"),
	 {{"day 2000-06-15", ""},
	  {"day 2000-06-16", "opened alarm"},
	  {"acceptance arrangement=X party=UN reply=declined day=2000-06-16", "closed over"}}},
	{CODE(HANDOVER_ONE_SIDE),
	 "X",
	 HANDOVER ACCEPTS("X", "EU", "2000-06-10"),
	 {{"day 2000-08-31", "opened alarm"}, {"day 2000-09-01", "closed over"}}},
	{CODE(HANDOVER_ONE_SIDE),
	 "X",
	 HANDOVER ACCEPTS("X", "EU", "2000-06-10"),
	 {{"day 2000-06-16", "opened alarm"},
	  {"retract " ACCEPTS("X", "EU", "2000-06-10"), "closed corrected"}}},
	{CODE(FUNCTION_ORPHAN),
	 "policing:XKX",
	 CLAIM("A", "2000-01-01", "until=2000-05-31"),
	 {{"day 2000-05-31", ""},
	  {"day 2000-06-01", "opened alarm"},
	  {CLAIM("B", "2000-06-01", ""), "closed resolved"}}},
	{CODE(FUNCTION_ORPHAN),
	 "policing:XKX",
	 CLAIM("A", "2000-01-01", "") CLAIM("B", "2000-05-01", ""),
	 {{"day 2000-05-01", "opened alarm"},
	  {"correct " CLAIM("A", "2000-01-01", "until=2000-04-30"), "closed corrected"}}},
	{CODE(FUNCTION_ORPHAN),
	 "policing:XKX",
	 CLAIM("A", "2000-01-01", "until=2000-05-31"),
	 {{"day 2000-06-01", "opened alarm"},
	  {"retract " CLAIM("A", "2000-01-01", ""), "closed over"}}},
	{CODE(SUCC_GAP),
	 "S",
	 TEXT("1", "establish", "2000-01-01", "valid_until=2000-06-30") SUCCESSION("2000-07-11"),
	 {{"day 2000-01-31", ""},
	  {"day 2000-02-01", "opened warn"},
	  {TEXT("2", "extend", "2000-02-01", "valid_until=2000-07-10"), "closed resolved"}}},
	{CODE(SUCC_GAP),
	 "S",
	 TEXT("1", "establish", "2000-01-01", "valid_until=2000-06-30") SUCCESSION("2000-07-11"),
	 {{"day 2000-07-01", "opened warn"},
	  {"correct " TEXT("1", "establish", "2000-01-01", "valid_until=2000-07-10"),
	   "closed corrected"}}},
	{CODE(SUCC_GAP),
	 "S",
	 TEXT("1", "establish", "2000-01-01", "valid_until=2000-06-30") SUCCESSION("2000-07-11"),
	 {{"day 2000-07-10", "opened warn"}, {"day 2000-07-11", "closed over"}}},
	{CODE(SUCC_OVERLAP),
	 "S",
	 YEAR SUCCESSION("2000-11-01"),
	 {{"day 2000-12-01", ""},
	  {"day 2000-12-02", "opened info"},
	  {"day 2001-01-01", "closed resolved"}}},
	{CODE(SUCC_OVERLAP),
	 "S",
	 YEAR SUCCESSION("2000-11-01"),
	 {{"day 2000-12-02", "opened info"},
	  {"correct " TEXT("1", "establish", "2000-01-01", "valid_until=2000-10-31"),
	   "closed corrected"}}},
};

#define FUNDED                                                                                     \
	TEXT("1", "establish", "2000-01-01", "valid_until=2001-12-31")                             \
	AMOUNT("2000-07-01", "2001-06-30", "appropriation", "1", "amount=365")
#define LIST(document, date, more)                                                                 \
	"priorities operation=A document=" document " date=" date " items=rank:1,task:x" more "\n"
#define ENDORSED(document, owner, date)                                                            \
	"endorsement operation=A document=" document " owner=" owner " version=1 day=" date "\n"
#define CLOSES "operation acronym=A kind=un_pko hosts=XKX end_date=2000-12-31\n"
#define CONSENT(date, state) "consent operation=A host=XKX day=" date " state=" state "\n"

static const struct story agendas[] = {
	{CODE(FIN_NO_APPROP),
	 "A:2001-07-01:2002-06-30",
	 FUNDED,
	 {{"day 2001-05-31", ""},
	  {"day 2001-06-01", "opened warn"},
	  {AMOUNT("2001-07-01", "2002-06-30", "commitment_authority", "2", "amount=9"),
	   "closed resolved"}}},
	{CODE(FIN_NO_APPROP),
	 "A:2001-07-01:2002-06-30",
	 FUNDED,
	 {{"day 2001-06-01", "opened warn"},
	  {"correct " TEXT("1", "establish", "2000-01-01", "valid_until=2001-06-30"),
	   "closed corrected"}}},
	{CODE(FIN_NO_APPROP),
	 "A:2001-07-01:2002-06-30",
	 FUNDED TEXT("2", "extend", "2001-12-30", "valid_until=2002-12-31"),
	 {{"day 2002-06-30", "opened warn"}, {"day 2002-07-01", "closed over"}}},
	{CODE(FIN_PAST_MANDATE),
	 "A:2000-07-01:2001-06-30",
	 YEAR TEXT("2", "terminate", "2000-12-20", "valid_until=2000-12-31 withdraw_by=2001-02-28")
		 AMOUNT("2000-07-01", "2001-06-30", "appropriation", "1", "amount=365"),
	 {{"day 2000-12-31", ""},
	  {"day 2001-01-01", "opened warn"},
	  {"day 2001-03-01", "changed alarm"},
	  {"day 2001-07-01", "closed over"}}},
	{CODE(FIN_PAST_MANDATE),
	 "A:2000-07-01:2001-06-30",
	 YEAR AMOUNT("2000-07-01", "2001-06-30", "appropriation", "1", "amount=365"),
	 {{"day 2001-01-01", "opened alarm"},
	  {TEXT("2", "extend", "2001-01-01", "valid_until=2001-06-30"), "closed resolved"}}},
	{CODE(FIN_PAST_MANDATE),
	 "A:2000-07-01:2001-06-30",
	 YEAR AMOUNT("2000-07-01", "2001-06-30", "appropriation", "1", "amount=365"),
	 {{"day 2001-01-01", "opened alarm"},
	  {"correct " AMOUNT("2000-07-01", "2001-06-30", "appropriation", "1", "amount=0"),
	   "closed corrected"}}},
	{CODE(FIN_PERIOD),
	 "A:2000-07-01:2001-03-31",
	 YEAR AMOUNT("2000-07-01", "2001-03-31", "appropriation", "1", "amount=1"),
	 {{"day 2000-05-31", ""},
	  {"day 2000-06-01", "opened warn"},
	  {"day 2000-12-30", ""},
	  {TEXT("2", "extend", "2000-12-30", "valid_until=2001-03-31"), "closed resolved"}}},
	{CODE(FIN_PERIOD),
	 "A:2000-07-01:2001-03-31",
	 YEAR AMOUNT("2000-07-01", "2001-03-31", "appropriation", "1", "amount=1"),
	 {{"day 2000-06-01", "opened warn"},
	  {"correct " AMOUNT("2000-07-01", "2001-03-31", "appropriation", "1",
			     "amount=1 period_reason=liquidation"),
	   "closed corrected"}}},
	{CODE(FIN_PERIOD),
	 "A:2000-07-01:2001-03-31",
	 YEAR AMOUNT("2000-07-01", "2001-03-31", "appropriation", "1", "amount=1"),
	 {{"day 2001-03-31", "opened warn"}, {"day 2001-04-01", "closed over"}}},
	{CODE(PRIO_NO_OWNER),
	 "A:D",
	 LIST("D", "2000-02-01", ""),
	 {{"day 2000-01-31", ""},
	  {"day 2000-02-01", "opened warn"},
	  {LIST("E", "2000-03-01", ",lead:A"), ""},
	  {"day 2000-03-01", "closed superseded"}}},
	{CODE(PRIO_NO_OWNER),
	 "A:D",
	 LIST("D", "2000-02-01", ""),
	 {{"day 2000-02-01", "opened warn"},
	  {"correct " LIST("D", "2000-02-01", ",lead:A"), "closed corrected"}}},
	{CODE(PRIO_NO_OWNER),
	 "A:D",
	 "correct " CLOSES LIST("D", "2000-02-01", ""),
	 {{"day 2000-12-31", "opened warn"}, {"day 2001-01-01", "closed over"}}},
	{CODE(PRIO_UNENDORSED),
	 "A:D",
	 LIST("D", "2000-02-01", ",lead:A"),
	 {{"day 2000-03-02", ""},
	  {"day 2000-03-03", "opened warn"},
	  {ENDORSED("D", "A", "2000-03-03"), "closed resolved"},
	  {"retract " ENDORSED("D", "A", "2000-03-03"), "opened warn"},
	  {LIST("E", "2000-03-03", ",lead:A"), "closed superseded"}}},
	{CODE(PRIO_UNENDORSED),
	 "A:D",
	 LIST("D", "2000-02-01", ",lead:A") ENDORSED("D", "A", "2000-06-01"),
	 {{"day 2000-03-03", "opened warn"},
	  {"correct " ENDORSED("D", "A", "2000-03-01"), "closed corrected"}}},
	{CODE(PRIO_UNENDORSED),
	 "A:D",
	 "correct " CLOSES LIST("D", "2000-02-01", ",lead:A"),
	 {{"day 2000-12-31", "opened warn"}, {"day 2001-01-01", "closed over"}}},
	{CODE(HOST_CONSENT),
	 "A:XKX",
	 CONSENT("2000-02-01", "restricted"),
	 {{"day 2000-02-01", "opened warn"},
	  {CONSENT("2000-03-01", "withdrawn"), ""},
	  {"day 2000-03-01", "changed alarm"},
	  {CONSENT("2000-04-01", "given"), ""},
	  {"day 2000-04-01", "closed resolved"}}},
	{CODE(HOST_CONSENT),
	 "A:XKX",
	 CONSENT("2000-02-01", "withdrawn"),
	 {{"day 2000-02-01", "opened alarm"},
	  {"correct " CONSENT("2000-02-01", "given"), "closed corrected"}}},
	{CODE(HOST_CONSENT),
	 "A:XKX",
	 "correct " CLOSES CONSENT("2000-02-01", "withdrawn"),
	 {{"day 2000-12-31", "opened alarm"}, {"day 2001-01-01", "closed over"}}},
	{CODE(EDITION_CLASH),
	 "return:A:2000-01-31",
	 COUNT("2000-01-31", "troops", "10"),
	 {{"day 2000-02-01", ""},
	  {COUNT("2000-01-31", "troops", "11"), "opened warn"},
	  {"day 2000-12-31", ""},
	  {"correct " COUNT("2000-01-31", "troops", "12"), "closed corrected"}}},
};

/* --- telling them -------------------------------------------------------------------------------
 */

static const char names[] = "partner code=UNSC\npartner code=UN\npartner code=AU\n"
			    "partner code=EU\npartner code=UNGA\npartner code=GHA\n"
			    "operation acronym=A kind=un_pko hosts=XKX\n"
			    "operation acronym=B kind=un_pko hosts=XKX\n";

static void happen(struct rig *r, const char *what)
{
	Mandate__ChangeAction action = MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD;
	const Mandate__Record *record;
	char *text = arena_text(&r->arena, what), *end;

	while ((end = strrchr(text, '\n')) && end[1] == '\0')
		*end = '\0';
	if (strncmp(text, "day ", 4) == 0) {
		rig_day(r, text + 4);
		return;
	}
	if (strncmp(text, "correct ", 8) == 0)
		action = MANDATE__CHANGE_ACTION__CHANGE_ACTION_CORRECT;
	if (strncmp(text, "retract ", 8) == 0)
		action = MANDATE__CHANGE_ACTION__CHANGE_ACTION_RETRACT;
	if (action != MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD)
		text += 8;
	record = record_text(&r->arena, text);
	if (action == MANDATE__CHANGE_ACTION__CHANGE_ACTION_RETRACT)
		record = record_key_only(&r->arena, record);
	rig_accept(r, change_of(r, action, 0, record));
}

static void happen_all(struct rig *r, const char *lines)
{
	char *rest = arena_text(&r->kept, lines), *line;

	while ((line = strsep(&rest, "\n")))
		if (*line)
			happen(r, line);
}

/* What the newest input's events say of the alert. */
static void heard(struct rig *r, const struct story *story, char ret_said[SAID_BYTES])
{
	*ret_said = '\0';
	for (size_t i = 0; i < r->event_count; i++) {
		const Mandate__Event *e = rig_event(r, i);
		const Mandate__AlertChange *c = e->alert;
		size_t len = strlen(ret_said);

		if (e->what_case != MANDATE__EVENT__WHAT_ALERT || c->alert->code != story->code ||
		    strcmp(c->alert->key, story->key) != 0)
			continue;
		snprintf(ret_said + len, SAID_BYTES - len, "%s%s %s", len ? "; " : "",
			 names_text(&mandate__alert_act__descriptor, (int)c->act),
			 c->has_reason
				 ? names_text(&mandate__close_reason__descriptor, (int)c->reason)
				 : names_text(&mandate__severity__descriptor,
					      (int)c->alert->severity));
	}
}

static bool told[64]; /* by code: at least one story opens and closes it */

static void tell(const struct story *story)
{
	struct rig r;
	char said[SAID_BYTES];
	bool opened = false;

	rig_open(&r);
	rig_rules(&r, 2);
	rig_begin(&r, NULL);
	happen_all(&r, names);
	happen_all(&r, story->given);
	rig_day(&r, "1999-12-31");
	for (size_t i = 0; i < ACTS_MAX && story->acts[i].what; i++) {
		const struct act *act = &story->acts[i];

		happen(&r, act->what);
		heard(&r, story, said);
		if (strcmp(said, act->said) != 0)
			fail_msg("%s %s, %s: \"%s\", not \"%s\"",
				 names_text(&mandate__alert_code__descriptor, (int)story->code),
				 story->key, act->what, said, act->said);
		opened |= strncmp(said, "opened", 6) == 0;
		told[story->code] |= opened && strncmp(said, "closed", 6) == 0;
	}
	assert_true(opened);
	rig_close(&r);
}

#define TELL_ALL(stories)                                                                          \
	for (size_t i = 0; i < sizeof(stories) / sizeof *(stories); i++)                           \
	tell(&(stories)[i])

static void ceilings_are_passed(void **state)
{
	(void)state;
	TELL_ALL(ceilings);
}

static void mandates_run_out(void **state)
{
	(void)state;
	TELL_ALL(mandates);
}

static void forces_come_and_go(void **state)
{
	(void)state;
	TELL_ALL(forces);
}

static void pledges_are_short_or_old(void **state)
{
	(void)state;
	TELL_ALL(pledges);
}

static void partners_wait_for_each_other(void **state)
{
	(void)state;
	TELL_ALL(partnerships);
}

static void money_priorities_consent_and_clashes(void **state)
{
	(void)state;
	TELL_ALL(agendas);
}

/* The last test: none was forgotten. */
static void every_code_was_told(void **state)
{
	const ProtobufCEnumDescriptor *codes = &mandate__alert_code__descriptor;

	(void)state;
	for (unsigned i = 0; i < codes->n_values; i++)
		if (!told[codes->values[i].value])
			fail_msg("%s", codes->values[i].name);
}

static int init(void **state)
{
	(void)state;
	return hash_init() == STATUS_OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ceilings_are_passed),
		cmocka_unit_test(mandates_run_out),
		cmocka_unit_test(forces_come_and_go),
		cmocka_unit_test(pledges_are_short_or_old),
		cmocka_unit_test(partners_wait_for_each_other),
		cmocka_unit_test(money_priorities_consent_and_clashes),
		cmocka_unit_test(every_code_was_told),
	};
	return cmocka_run_group_tests(tests, init, NULL);
}
