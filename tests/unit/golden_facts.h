/* What the golden script's offices know: rows of the mandates and operations of some operations as
 * the import files have them, cut to 2002 to 2013, and who contributes. Never to be changed: the
 * committed journal of rules 1 is made of them, a wrong row too. */
#ifndef TESTS_UNIT_GOLDEN_FACTS_H
#define TESTS_UNIT_GOLDEN_FACTS_H

#include <stdint.h>

/* clang-format off */

/* acronym, kind, hosts, start_date, end_date, established_by, mandate_series_from,
 * mandate_series_to; and of how many military and police its head-counts speak, about. The last has
 * units and no head-count, and chapters of its own. */
struct golden_operation {
	const char *row;
	uint32_t military, police;
};

static const struct golden_operation golden_operations[] = {
	{"UNFICYP,un_pko,CYP,1964-03-27,,S/RES/186,2016-01-28,to_2026-01-31", 900, 60},
	{"MONUC,un_pko,COD,1999-11-30,2010-06-30,S/RES/1279,1999-11-30,to_end", 16500, 1100},
	{"MONUSCO,un_pko,COD,2010-07-01,,S/RES/1925,2010-05-28,to_2025-12-20", 19500, 1400},
	{"UNMIL,un_pko,LBR,2003-09-19,2018-03-30,S/RES/1509,2003-09-19,to_end", 14600, 1150},
	{"UNMIS,un_pko,SDN,2005-03-24,2011-07-09,S/RES/1590,2005-03-24,to_end", 9800, 700},
	{"UNAMID,un_pko,SDN,2007-07-31,2020-12-31,S/RES/1769,2007-07-31,to_end", 17500, 4800},
	{"MINURCAT,un_pko,TCD;CAF,2007-09-25,2010-12-31,S/RES/1778,2007-09-25,to_end", 3200, 260},
	{"UNISFA,un_pko,SDN;SSD,2011-06-27,,S/RES/1990,2011-06-27,to_2025-11-15", 3900, 0},
	{"UNOMIG,un_pko,GEO,1993-08-24,2009-06-15,S/RES/858,2008-04-15,to_end", 134, 12},
	{"UNMEE,un_pko,ETH;ERI,2000-07-31,2008-07-31,S/RES/1312,2000-07-31,to_end", 3900, 0},
	{"AMISOM,partner,SOM,2007-01-19,2022-03-31,S/RES/1744,2007-02-20,to_end", 11800, 0},
	{"EUFOR RD Congo,partner,COD,2006-07-30,2006-11-30,S/RES/1671,2006-04-25,to_end", 2300, 0},
	{"EUFOR Althea,partner,BIH,2004-12-02,,S/RES/1575,2004-11-22,to_2005-11-22", 6500, 0},
};

/* operation, party, document, adopted, effective, action, technical_rollover, valid_until,
 * withdraw_by, carried_out, ceiling_military, ceiling_police, ceiling_fpu_units,
 * ceiling_uniformed. The decisions of the African Union and the European Union are of a kind that
 * the files do not have: their documents are real, their days about right. */
static const char *const golden_instruments[] = {
	"UNFICYP,UNSC,S/RES/186,1964-03-04,1964-03-27,establish,,1964-06-27,,,,,,",
	"UNFICYP,UNSC,S/RES/1568,2004-10-22,,extend,,2005-06-15,,,860,,,",
	"MONUC,UNSC,S/RES/1279,1999-11-30,,establish,,2000-03-01,,,,,,",
	"MONUC,UNSC,S/RES/1417,2002-06-14,,extend,,2003-06-30,,,,,,",
	"MONUC,UNSC,S/RES/1445,2002-12-04,,amend,,,,,8700,,,",
	"MONUC,UNSC,S/RES/1489,2003-06-26,,extend,yes,2003-07-30,,,,,,",
	"MONUC,UNSC,S/RES/1493,2003-07-28,,extend,,2004-07-30,,,10800,,,",
	"MONUC,UNSC,S/RES/1555,2004-07-29,,extend,yes,2004-10-01,,,,,,",
	"MONUC,UNSC,S/RES/1565,2004-10-01,,extend,,2005-03-31,,,16700,,,",
	"MONUC,UNSC,S/RES/1592,2005-03-30,,extend,,2005-10-01,,,,,,",
	"MONUC,UNSC,S/RES/1628,2005-09-30,,extend,yes,2005-10-31,,,,,,",
	"MONUC,UNSC,S/RES/1635,2005-10-28,,extend,,2006-09-30,,,,,,",
	"MONUC,UNSC,S/RES/1711,2006-09-29,,extend,,2007-02-15,,,,,,",
	"MONUC,UNSC,S/RES/1742,2007-02-15,,extend,yes,2007-04-15,,,,,,",
	"MONUC,UNSC,S/RES/1751,2007-04-13,,extend,yes,2007-05-15,,,,,,",
	"MONUC,UNSC,S/RES/1756,2007-05-15,,extend,,2007-12-31,,,17790,1141,,",
	"MONUC,UNSC,S/RES/1794,2007-12-21,,extend,,2008-12-31,,,,,,",
	"MONUC,UNSC,S/RES/1843,2008-11-20,,amend,,,,,20575,1441,,",
	"MONUC,UNSC,S/RES/1856,2008-12-22,,extend,,2009-12-31,,,20575,1441,,",
	"MONUC,UNSC,S/RES/1906,2009-12-23,,extend,,2010-05-31,,,20575,1441,,",
	"MONUC,UNSC,S/RES/1925,2010-05-28,,terminate,,2010-06-30,,,,,,",
	"MONUSCO,UNSC,S/RES/1925,2010-05-28,2010-07-01,establish,,2011-06-30,,,20575,1441,,",
	"MONUSCO,UNSC,S/RES/1991,2011-06-28,,extend,,2012-06-30,,,,,,",
	"MONUSCO,UNSC,S/RES/2053,2012-06-27,,extend,,2013-06-30,,,,,,",
	"MONUSCO,UNSC,S/RES/2098,2013-03-28,,extend,,2014-03-31,,,,,,",
	"UNMIL,UNSC,S/RES/1509,2003-09-19,,establish,,2004-09-19,,,15000,1115,,",
	"UNMIL,UNSC,S/RES/1561,2004-09-17,,extend,,2005-09-19,,,,,,",
	"UNMIL,UNSC,S/RES/1626,2005-09-19,,extend,,2006-03-31,,,,1115,,",
	"UNMIL,UNSC,S/RES/1638,2005-11-11,,amend,,,,,,,,",
	"UNMIL,UNSC,S/RES/1667,2006-03-31,,extend,,2006-09-30,,,15250,,,",
	"UNMIL,UNSC,S/RES/1694,2006-07-13,,amend,,,,,14875,1240,,",
	"UNMIL,UNSC,S/RES/1712,2006-09-29,,extend,,2007-03-31,,,,,,",
	"UNMIL,UNSC,S/RES/1750,2007-03-30,,extend,,2007-09-30,,,,,,",
	"UNMIL,UNSC,S/RES/1777,2007-09-20,,extend,,2008-09-30,,,,,,",
	"UNMIL,UNSC,S/RES/1836,2008-09-29,,extend,,2009-09-30,,,,,,",
	"UNMIL,UNSC,S/RES/1885,2009-09-15,,extend,,2010-09-30,,,,,,",
	"UNMIL,UNSC,S/RES/1938,2010-09-15,,extend,,2011-09-30,,,,,,",
	"UNMIL,UNSC,S/RES/2008,2011-09-16,,extend,,2012-09-30,,,,,,",
	"UNMIL,UNSC,S/RES/2066,2012-09-17,,extend,,2013-09-30,,,,,,",
	"UNMIS,UNSC,S/RES/1590,2005-03-24,,establish,,2005-09-24,,,10000,715,,",
	"UNMIS,UNSC,S/RES/1627,2005-09-23,,extend,,2006-03-24,,,,,,",
	"UNMIS,UNSC,S/RES/1663,2006-03-24,,extend,,2006-09-24,,,,,,",
	"UNMIS,UNSC,S/RES/1706,2006-08-31,,amend,,,,no,,,,",
	"UNMIS,UNSC,S/RES/1709,2006-09-22,,extend,yes,2006-10-08,,,,,,",
	"UNMIS,UNSC,S/RES/1714,2006-10-06,,extend,,2007-04-30,,,,,,",
	"UNMIS,UNSC,S/RES/1755,2007-04-30,,extend,,2007-10-31,,,,,,",
	"UNMIS,UNSC,S/RES/1784,2007-10-31,,extend,,2008-04-30,,,,,,",
	"UNMIS,UNSC,S/RES/1812,2008-04-30,,extend,,2009-04-30,,,,,,",
	"UNMIS,UNSC,S/RES/1870,2009-04-30,,extend,,2010-04-30,,,,,,",
	"UNMIS,UNSC,S/RES/1919,2010-04-29,,extend,,2011-04-30,,,,,,",
	"UNMIS,UNSC,S/RES/1978,2011-04-27,,extend,,2011-07-09,,,,,,",
	"UNMIS,UNSC,S/RES/1997,2011-07-11,,terminate,,2011-07-11,2011-08-31,,,,,",
	"UNAMID,UNSC,S/RES/1769,2007-07-31,,establish,,2008-07-31,,,19555,6432,19,",
	"UNAMID,UNSC,S/RES/1828,2008-07-31,,extend,,2009-07-31,,,,,,",
	"UNAMID,UNSC,S/RES/1881,2009-07-30,,extend,,2010-07-31,,,,,,",
	"UNAMID,UNSC,S/RES/1935,2010-07-30,,extend,,2011-07-31,,,,,,",
	"UNAMID,UNSC,S/RES/2003,2011-07-29,,extend,,2012-07-31,,,,,,",
	"UNAMID,UNSC,S/RES/2063,2012-07-31,,extend,,2013-07-31,,,16200,4690,17,",
	"MINURCAT,UNSC,S/RES/1778,2007-09-25,,establish,,2008-09-25,,,50,300,,",
	"MINURCAT,UNSC,S/RES/1834,2008-09-24,,extend,,2009-03-15,,,,,,",
	"MINURCAT,UNSC,S/RES/1861,2009-01-14,2009-03-15,extend,,2010-03-15,,,5225,300,,",
	"MINURCAT,UNSC,S/RES/1913,2010-03-12,,extend,yes,2010-05-15,,,,,,",
	"MINURCAT,UNSC,S/RES/1922,2010-05-12,,extend,yes,2010-05-26,,,,,,",
	"MINURCAT,UNSC,S/RES/1923,2010-05-25,,extend,,2010-12-31,,,2225,300,,",
	"UNISFA,UNSC,S/RES/1990,2011-06-27,,establish,,2011-12-27,,,4200,50,,",
	"UNISFA,UNSC,S/RES/2024,2011-12-14,,amend,,,,,,,,",
	"UNISFA,UNSC,S/RES/2032,2011-12-22,,extend,,2012-05-27,,,,,,",
	"UNISFA,UNSC,S/RES/2047,2012-05-17,,extend,,2012-11-16,,,,,,",
	"UNISFA,UNSC,S/RES/2075,2012-11-16,,extend,,2013-05-31,,,,,,",
	"UNISFA,UNSC,S/RES/2104,2013-05-29,,extend,,2013-11-30,,,5326,50,,",
	"UNOMIG,UNSC,S/RES/858,1993-08-24,,establish,,1994-02-24,,,88,,,",
	"UNOMIG,UNSC,S/RES/1808,2008-04-15,,extend,,2008-10-15,,,,,,",
	"UNOMIG,UNSC,S/RES/1839,2008-10-09,,extend,yes,2009-02-15,,,,,,",
	"UNOMIG,UNSC,S/RES/1866,2009-02-13,,extend,,2009-06-15,,,,,,",
	"UNMEE,UNSC,S/RES/1312,2000-07-31,,establish,,2001-01-31,,,100,,,",
	"UNMEE,UNSC,S/RES/1398,2002-03-15,,extend,,2002-09-15,,,,,,",
	"UNMEE,UNSC,S/RES/1434,2002-09-06,,extend,,2003-03-15,,,,,,",
	"UNMEE,UNSC,S/RES/1466,2003-03-14,,extend,,2003-09-15,,,,,,",
	"UNMEE,UNSC,S/RES/1507,2003-09-12,,extend,,2004-03-15,,,,,,",
	"UNMEE,UNSC,S/RES/1531,2004-03-12,,extend,,2004-09-15,,,,,,",
	"UNMEE,UNSC,S/RES/1560,2004-09-14,,extend,,2005-03-15,,,,,,",
	"UNMEE,UNSC,S/RES/1586,2005-03-14,,extend,,2005-09-15,,,,,,",
	"UNMEE,UNSC,S/RES/1622,2005-09-13,,extend,,2006-03-15,,,,,,",
	"UNMEE,UNSC,S/RES/1661,2006-03-14,,extend,yes,2006-04-15,,,,,,",
	"UNMEE,UNSC,S/RES/1670,2006-04-13,,extend,yes,2006-05-15,,,,,,",
	"UNMEE,UNSC,S/RES/1678,2006-05-15,,extend,yes,2006-05-31,,,,,,",
	"UNMEE,UNSC,S/RES/1681,2006-05-31,,extend,,2006-09-30,,,2300,,,",
	"UNMEE,UNSC,S/RES/1710,2006-09-29,,extend,,2007-01-31,,,,,,",
	"UNMEE,UNSC,S/RES/1741,2007-01-30,,extend,,2007-07-31,,,1700,,,",
	"UNMEE,UNSC,S/RES/1767,2007-07-30,,extend,,2008-01-31,,,,,,",
	"UNMEE,UNSC,S/RES/1798,2008-01-30,,extend,,2008-07-31,,,,,,",
	"UNMEE,UNSC,S/RES/1827,2008-07-30,,terminate,,2008-07-31,,,,,,",
	"AMISOM,UNSC,S/RES/1744,2007-02-20,,establish,,2007-08-20,,,,,,",
	"AMISOM,UNSC,S/RES/1772,2007-08-20,,extend,,2008-02-20,,,,,,",
	"AMISOM,UNSC,S/RES/1801,2008-02-20,,extend,,2008-08-20,,,,,,",
	"AMISOM,UNSC,S/RES/1831,2008-08-19,,extend,,2009-02-20,,,,,,",
	"AMISOM,UNSC,S/RES/1863,2009-01-16,,extend,,2009-07-16,,,,,,",
	"AMISOM,UNSC,S/RES/1872,2009-05-26,,extend,,2010-01-31,,,,,,",
	"AMISOM,UNSC,S/RES/1910,2010-01-28,,extend,,2011-01-31,,,,,,",
	"AMISOM,UNSC,S/RES/1964,2010-12-22,,extend,,2011-09-30,,,,,,12000",
	"AMISOM,UNSC,S/RES/2010,2011-09-30,,extend,,2012-10-31,,,,,,",
	"AMISOM,UNSC,S/RES/2036,2012-02-22,,amend,,,,,,,,17731",
	"AMISOM,UNSC,S/RES/2072,2012-10-31,,extend,yes,2012-11-07,,,,,,",
	"AMISOM,UNSC,S/RES/2073,2012-11-07,,extend,,2013-03-07,,,,,,",
	"AMISOM,UNSC,S/RES/2093,2013-03-06,,extend,,2014-02-28,,,,,,17731",
	"AMISOM,AU,AU PSC/PR/Comm(LXIX),2007-01-19,,establish,,2007-07-19,,,,,,7650",
	"AMISOM,AU,AU PSC/PR/Comm(LXXX),2007-07-18,,extend,,2008-01-17,,,,,,",
	"AMISOM,AU,AU PSC/PR/Comm(CV),2008-01-18,,extend,,2008-07-17,,,,,,",
	"UNAMID,AU,AU PSC/PR/Comm(LXXIX),2007-06-22,2007-07-31,establish,,2008-07-31,,,,,,",
	"EUFOR RD Congo,EU,2006/319/CFSP,2006-04-27,2006-07-30,establish,,2006-11-30,,,2400,,,",
	"EUFOR RD Congo,AU,AU letter 2006-04,2006-05-02,2006-07-30,establish,,2006-12-15,,,,,,",
};

/* The same of the last; one takes over on the day after the end, and is adopted two weeks before. */
static const char *const golden_althea[] = {
	"EUFOR Althea,UNSC,S/RES/1575,2004-11-22,2004-12-02,establish,,2005-11-22,,,7000,,,",
	"EUFOR Althea,UNSC,S/RES/1639,2005-11-21,,extend,,2006-11-21,,,,,,",
	"EUFOR Althea,UNSC,S/RES/1722,2006-11-07,2006-11-22,extend,,2007-11-21,,,,,,",
};

/* And of one that nobody speaks of but in its chapter; the last row is of our making. */
static const struct golden_operation golden_onub = {
	"ONUB,un_pko,BDI,2004-06-01,,S/RES/1545,2004-06-01,to_end", 0, 0};

static const char *const golden_onub_instruments[] = {
	"ONUB,UNSC,S/RES/1545,2004-05-21,2004-06-01,establish,,2006-07-01,,,5650,120,,",
	"ONUB,UNSC,S/RES/1692,2006-06-30,,extend,,2006-12-31,,,,,,",
	"ONUB,UNSC,S/RES/1719,2006-10-25,,terminate,,2006-12-31,2007-03-31,,,,,",
};

/* operation, document, component, from, until, persons, comply_by */
static const char *const golden_ceilings[] = {
	"UNMIL,S/RES/1626,military,2005-11-15,2006-03-31,15250,",
	"UNMEE,S/RES/1681,military,2006-06-01,,2300,2006-08-31",
	"UNMEE,S/RES/1741,military,2007-02-01,,1700,2007-05-31",
	"AMISOM,S/RES/2036,uniformed,2012-02-22,,17731,",
	"MINURCAT,S/RES/1834,military,2009-03-15,,50,", /* the later S/RES/1861 says otherwise */
	"MINURCAT,S/RES/1923,military,2010-10-15,,1000,2010-11-15",
	"MONUC,S/RES/1756,police,2007-06-01,2007-12-31,1141,",
};

static const char *const golden_partners[] = {
	"UNSC", "AU", "EU", "ECOWAS", "NATO",
};

/* Sorted, as records want them. */
static const char *const golden_contributors[] = {
	"ARG", "AUT", "BDI", "BEN", "BGD", "BOL", "CHN", "EGY", "ESP", "ETH", "FRA", "GBR",
	"GHA", "IDN", "IND", "IRL", "ITA", "JOR", "KEN", "MAR", "MNG", "MYS", "NAM", "NGA",
	"NPL", "PAK", "POL", "RUS", "RWA", "SEN", "TGO", "TUN", "UGA", "UKR", "URY", "ZAF",
};

static const char *const golden_units[] = {
	"1st Infantry Battalion", "2nd Infantry Battalion", "Aviation Unit", "Engineer Company",
	"Field Hospital, level 2", "Formed Police Unit 1", "Guard Company", "Logistics Company",
	"Reserve Company", "Riverine Unit", "Sector North HQ", "Signals Unit",
};

/* clang-format on */

#endif
