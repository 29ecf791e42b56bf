curl --request GET \
  --url "http://localhost:8080/api/agents/finance_agent/runs/status?runIds=run_7f3a9c12,run_8a4b2d34,run_9c5e3f56" \
  --header "Authorization: Bearer {token}"
