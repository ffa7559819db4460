package main

import (
	"testing"

	"github.com/magnapp/magnapp/internal/leaks"
)

func TestMain(m *testing.M) { leaks.VerifyTestMain(m) }
