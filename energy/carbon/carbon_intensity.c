/* SPDX-License-Identifier: MIT
 * Looking up carbon intensities in the embedded table or the user's own, by ISO 3166 code, and their 95 %
 * bands. The numbers are carbon_intensity.csv's; nothing is fetched. */
#include "energy/carbon/carbon_intensity.h"

#include "common/csv.h"
#include "common/edit_distance.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

extern const char gm_table_carbon_intensity[];
extern const char gm_table_carbon_regions[];

/* ×/÷, where neither the table nor the user's says better: the median of the countries' two-year bands. */
static const double usual_band = 1.26;

/* What the figures of the suite's own table are. */
static const char table_basis[] = "annual mean of generation, life cycle";

/* An upper bound on anything that feeds a grid (coal is near 1000, oil shale 1300): a typing error above. */
static const double largest_g_per_kwh = 3000;

/* A lower bound, a judgement: no grid is as clean, while its kilograms, taken for grams, are below. */
static const double least_g_per_kwh = 1;

/* `also`: what else is right, "0 or ". */
static gm_status check_figure(double g_per_kwh, const char *also, gm_error *err) {
  if (g_per_kwh >= least_g_per_kwh && g_per_kwh <= largest_g_per_kwh) return GM_OK;
  gm_fail(err, GM_BAD_INPUT, "expected %s%g to %g g CO2e/kWh, got %g", also, least_g_per_kwh,
          largest_g_per_kwh, g_per_kwh);
  if (err != NULL && g_per_kwh > 0 && g_per_kwh < least_g_per_kwh) {
    const size_t used = strlen(err->message);
    snprintf(err->message + used, sizeof err->message - used, "; %g kg are %g g", g_per_kwh,
             1000 * g_per_kwh);
  }
  return GM_BAD_INPUT;
}

/* Longest code looked at: an ISO 3166 alpha-3 code and room for what people type instead. */
#define CODE_LENGTH GM_EDIT_LENGTH

enum { n_suggestions = 3 };

gm_carbon_intensity gm_carbon_intensity_unset(void) {
  return (gm_carbon_intensity){
      .g_per_kwh = NAN, .low_g_per_kwh = NAN, .high_g_per_kwh = NAN, .contract_g_per_kwh = NAN};
}

gm_status gm_carbon_intensity_choose(const char *iso3, const char *table_path, double g_per_kwh,
                                     gm_carbon_intensity *c, gm_error *err) {
  gm_carbon_intensity stated, place = gm_carbon_intensity_unset();
  gm_status status = iso3 != NULL ? gm_carbon_intensity_find(iso3, table_path, &place, err) : GM_OK;
  *c = place;
  if (status != GM_OK || isnan(g_per_kwh)) return status;
  status = gm_carbon_intensity_fixed(g_per_kwh, &stated, err);
  if (status != GM_OK) return status;
  *c = stated;
  memcpy(c->iso3, place.iso3, sizeof c->iso3); /* the place stays, its figure is replaced */
  memcpy(c->country, place.country, sizeof c->country);
  return GM_OK;
}

gm_status gm_carbon_intensity_contract(double g_per_kwh, gm_carbon_intensity *c, gm_error *err) {
  c->has_contract = !isnan(g_per_kwh);
  c->contract_g_per_kwh = g_per_kwh;
  if (!c->has_contract || g_per_kwh == 0 || check_figure(g_per_kwh, "0 or ", err) == GM_OK) return GM_OK;
  gm_error_prefix(err, "contract intensity");
  return GM_BAD_INPUT;
}

bool gm_carbon_intensity_is_set(const gm_carbon_intensity *intensity) {
  return !isnan(intensity->g_per_kwh);
}

bool gm_carbon_intensity_is_world(const gm_carbon_intensity *intensity) {
  return strcmp(intensity->iso3, "WLD") == 0;
}

static void set_band(gm_carbon_intensity *c, double low_factor, double high_factor) {
  c->low_g_per_kwh = c->g_per_kwh * low_factor;
  c->high_g_per_kwh = c->g_per_kwh * high_factor;
}

gm_status gm_carbon_intensity_fixed(double g_per_kwh, gm_carbon_intensity *intensity, gm_error *err) {
  *intensity = gm_carbon_intensity_unset();
  if (check_figure(g_per_kwh, "", err) != GM_OK) {
    gm_error_prefix(err, "carbon intensity");
    return GM_BAD_INPUT;
  }
  intensity->g_per_kwh = g_per_kwh;
  snprintf(intensity->source, sizeof intensity->source, "stated by the user");
  snprintf(intensity->basis, sizeof intensity->basis, "as stated by the user");
  set_band(intensity, 1 / usual_band, usual_band);
  return GM_OK;
}

/* ---- the table -------------------------------------------------------- */

static void copy_field(char *to, size_t size, const gm_csv_table *table, size_t row, const char *column) {
  size_t index;
  to[0] = '\0';
  if (gm_csv_column(table, column, &index, NULL) == GM_OK)
    snprintf(to, size, "%s", gm_csv_field(table, row, index));
}

/* The number in `column`, which a table need not have, nor a row of it fill: then *number stays. */
static gm_status optional_number(const gm_csv_table *table, size_t row, const char *column, double *number,
                                 gm_error *err) {
  size_t index;
  if (gm_csv_column(table, column, &index, NULL) != GM_OK || gm_csv_field(table, row, index)[0] == '\0')
    return GM_OK;
  return gm_csv_number(table, row, index, number, err);
}

static gm_status read_row(const gm_csv_table *table, size_t row, gm_carbon_intensity *c, gm_error *err) {
  size_t value;
  double year = 0, low = 1 / usual_band, high = usual_band;
  gm_status status = gm_csv_column(table, "g_per_kwh", &value, err);
  if (status == GM_OK) status = gm_csv_number(table, row, value, &c->g_per_kwh, err);
  if (status == GM_OK && check_figure(c->g_per_kwh, "", err) != GM_OK) {
    char place[256];
    snprintf(place, sizeof place, "%s:%zu", table->name, table->line[row]);
    gm_error_prefix(err, place);
    return GM_BAD_INPUT;
  }
  if (status == GM_OK) status = optional_number(table, row, "year", &year, err);
  if (status == GM_OK) status = optional_number(table, row, "low_factor", &low, err);
  if (status == GM_OK) status = optional_number(table, row, "high_factor", &high, err);
  if (status == GM_OK && !(low > 0 && low <= 1 && high >= 1 && isfinite(high)))
    status =
        gm_fail(err, GM_BAD_INPUT,
                "%s:%zu: expected a low_factor from 0 to 1 and a high_factor of at least 1, got %g and %g",
                table->name, table->line[row], low, high);
  if (status != GM_OK) return status;
  c->year = (int)year;
  copy_field(c->iso3, sizeof c->iso3, table, row, "iso3");
  copy_field(c->country, sizeof c->country, table, row, "country");
  copy_field(c->source, sizeof c->source, table, row, "source");
  copy_field(c->licence, sizeof c->licence, table, row, "licence");
  copy_field(c->basis, sizeof c->basis, table, row, "basis");
  set_band(c, low, high);
  return GM_OK;
}

static gm_status find_in(const gm_csv_table *table, const char *iso3, bool *found, gm_carbon_intensity *c,
                         gm_error *err) {
  size_t code;
  *found = false;
  const gm_status status = gm_csv_column(table, "iso3", &code, err);
  if (status != GM_OK) return status;
  for (size_t row = 0; row < table->n_rows; row++) {
    if (strcasecmp(gm_csv_field(table, row, code), iso3) != 0) continue;
    *found = true;
    return read_row(table, row, c, err);
  }
  return GM_OK;
}

/* ---- suggestions ------------------------------------------------------ */

/* The first letters of the words of `name` ("US" of United States) are `text`. */
static bool initials_are(const char *name, const char *text) {
  for (;; text++) {
    if (*name == '\0' || *text == '\0') return *name == *text;
    if (strncasecmp(name, text, 1) != 0) return false;
    name += strcspn(name, " ");
    name += strspn(name, " ");
  }
}

/* `text` is `code` with letters left out, but not the first ("CN" of CHN). */
static bool abbreviates(const char *text, const char *code) {
  if (strncasecmp(text, code, 1) != 0) return false;
  for (; *text != '\0' && *code != '\0'; code++) text += strncasecmp(text, code, 1) == 0;
  return *text == '\0';
}

/* How far `text` is from a row of the table: codes of two letters, names and initials are what people type.
 */
static int distance_to(const char *text, const char *code, const char *country) {
  const size_t length = strlen(text);
  if (length > 1 && initials_are(country, text)) return 0;
  if (length > 2 && strncasecmp(country, text, length) == 0) return 0;
  if (length > 1 && strncasecmp(code, text, length) == 0) return 1;
  if (length > 1 && abbreviates(text, code)) return 2;
  return 2 + gm_edit_distance(text, code);
}

static gm_status unknown(const gm_csv_table *table, const char *iso3, gm_error *err) {
  size_t code, country, best[n_suggestions] = {0};
  int distance[n_suggestions];
  gm_status status = gm_csv_column(table, "iso3", &code, err);
  if (status == GM_OK) status = gm_csv_column(table, "country", &country, err);
  if (status != GM_OK) return status;
  for (int i = 0; i < n_suggestions; i++) distance[i] = CODE_LENGTH;
  for (size_t row = 0; row < table->n_rows; row++) {
    size_t candidate = row;
    int d = distance_to(iso3, gm_csv_field(table, row, code), gm_csv_field(table, row, country));
    for (int i = 0; i < n_suggestions; i++) { /* insertion into the short list, earlier rows first */
      if (d >= distance[i]) continue;
      const int old_d = distance[i];
      const size_t old = best[i];
      distance[i] = d;
      best[i] = candidate;
      d = old_d;
      candidate = old;
    }
  }
#define CODE(i) gm_csv_field(table, best[i], code), gm_csv_field(table, best[i], country)
  return gm_fail(
      err, GM_BAD_INPUT,
      "country \"%s\": expected an ISO 3166 alpha-3 code of the table, nearest are %s (%s), %s (%s) and "
      "%s (%s); WLD is the stated world average",
      iso3, CODE(0), CODE(1), CODE(2));
#undef CODE
}

gm_status gm_carbon_intensity_find(const char *iso3, const char *table_path, gm_carbon_intensity *intensity,
                                   gm_error *err) {
  gm_csv_table own = {0}, table = {0};
  bool found = false;
  *intensity = gm_carbon_intensity_unset();
  gm_status status = GM_OK;
  if (strlen(iso3) >= CODE_LENGTH)
    return gm_fail(err, GM_BAD_INPUT, "country: expected an ISO 3166 alpha-3 code, got %zu characters",
                   strlen(iso3));
  if (table_path != NULL) {
    status = gm_csv_read(table_path, &own, err);
    if (status == GM_OK) status = find_in(&own, iso3, &found, intensity, err);
  }
  if (status == GM_OK && !found) {
    const bool region = strchr(iso3, '-') != NULL; /* ISO 3166-2 */
    const char *text = region ? gm_table_carbon_regions : gm_table_carbon_intensity;
    status =
        gm_csv_parse(text, strlen(text), region ? "carbon_regions.csv" : "carbon_intensity.csv", &table, err);
    if (status == GM_OK) status = find_in(&table, iso3, &found, intensity, err);
    if (!region) snprintf(intensity->basis, sizeof intensity->basis, "%s", table_basis);
    if (status == GM_OK && !found) status = unknown(&table, iso3, err);
  }
  if (status != GM_OK) *intensity = gm_carbon_intensity_unset();
  gm_csv_free(&own);
  gm_csv_free(&table);
  return status;
}
