#include "experiments/report_page.h"
gm_status gm_report_write_page(const gm_report *report, const char *results, gm_error *err) {
  (void)report;
  (void)results;
  (void)err;
  return GM_OK;
}
