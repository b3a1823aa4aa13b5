#include "limn/eval/intervals.h"
