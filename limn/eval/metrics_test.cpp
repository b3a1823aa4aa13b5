#include "limn/eval/metrics.h"
