curl --request DELETE \
  --url "http://localhost:8080/api/agents/finance_agent/runs/run_7f3a9c12" \
  --header "Authorization: Bearer {token}"
