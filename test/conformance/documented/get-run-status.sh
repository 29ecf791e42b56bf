curl --request GET \
  --url "http://localhost:8080/api/agents/finance_agent/runs/run_7f3a9c12/status" \
  --header "Authorization: Bearer {token}"
