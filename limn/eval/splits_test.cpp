#include "limn/eval/splits.h"
